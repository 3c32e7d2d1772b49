import { type QueryValues, withQuery } from '../api/client.ts';
import { Flyout } from '../ui/flyout.tsx';
import css from './export.module.css';
import { t } from './strings.ts';

/** Formats of a list, and of an incident. */
const LIST = ['csv', 'ndjson'] as const;
const INCIDENT = ['pdf', 'stix', 'csv', 'json'] as const;

/** The list of this page as a file, with its filter. Plain links: the browser streams them to the disk. */
export function ExportMenu({ path, query }: { path: string; query: QueryValues }) {
  const links = LIST.map((format) => ({
    format,
    label: t[format],
    href: withQuery(path, { ...query, format }),
  }));
  return (
    <div className={css.end}>
      <Menu links={links} align="right" />
    </div>
  );
}

/** An incident as a file. */
export function IncidentExport({ id, align }: { id: number; align: 'left' | 'right' }) {
  const links = INCIDENT.map((format) => ({
    format,
    label: format === 'csv' ? t.csvEvidence : t[format],
    href: `/api/incidents/${id}/export?format=${format}`,
  }));
  return <Menu links={links} align={align} />;
}

function Menu({
  links,
  align,
}: {
  links: readonly { format: string; label: string; href: string }[];
  align: 'left' | 'right';
}) {
  return (
    <Flyout label={t.export} button={t.export} buttonClass="btn" align={align}>
      {(close) => (
        <ul className={css.list}>
          {links.map(({ format, label, href }) => (
            <li key={format}>
              <a href={href} download data-testid={`export-${format}`} onClick={close}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      )}
    </Flyout>
  );
}
