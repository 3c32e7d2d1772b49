import type { MappingFile, MappingLinePreview, MappingProblem } from '../api/types.ts';
import { messageOf } from '../ui/states.tsx';
import css from './mappings.module.css';
import { t } from './strings.ts';

/** Written by the reader for every log. */
const SHARED =
  /^(?:event\.(?:original|module|dataset|ingested)|ecs\.version|tags|related\..*|log\.syslog\..*|vigie\..*)$/;

/** The event that comes out of the chosen line. */
export function DocumentSide(props: {
  draft: MappingFile;
  line: MappingLinePreview | undefined;
  problems: readonly MappingProblem[];
  stale: boolean;
  error: unknown;
}) {
  const { draft, line, problems } = props;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const warnings = problems.filter(({ severity }) => severity === 'warning');
  return (
    <section className={css.side} aria-label={t.document.title} data-stale={props.stale || undefined}>
      <div className={css.sideHead}>
        <h2>{t.document.title}</h2>
      </div>
      {props.error != null && <p className="notice bad">{messageOf(props.error)}</p>}
      {errors.length > 0 && (
        <div className="notice bad">
          <strong>{t.document.wrong}</strong>
          <ul>
            {errors.slice(0, 6).map(({ path, message }) => (
              <li key={`${path} ${message}`}>{message}</li>
            ))}
          </ul>
        </div>
      )}
      {line === undefined && errors.length === 0 && <p className="hint">{t.document.none}</p>}
      {line !== undefined && (
        <>
          <p className="hint">
            {line.outcome === 'refused'
              ? t.document.refused
              : line.recognised
                ? t.document.recognised
                : t.document.assigned}{' '}
            {line.otherwise !== null && t.document.otherwise(line.otherwise)}
          </p>
          {line.outcome === 'failed' && <p className="notice bad">{t.document.failed(line.error ?? '')}</p>}
          {line.faults.length > 0 && (
            <div className="notice warn">
              <strong>{t.document.faults}</strong>
              <ul>
                {line.faults.map((fault) => (
                  <li key={fault}>{fault}</li>
                ))}
              </ul>
            </div>
          )}
          <Fields line={line} id={draft.id || 'draft.log'} />
        </>
      )}
      {line !== undefined && warnings.length > 0 && (
        <ul className={css.warnings}>
          {warnings.map(({ message }) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Fields({ line, id }: { line: MappingLinePreview; id: string }) {
  const names = Object.keys(line.fields);
  const kept = names.filter((name) => name.startsWith(`${id}.`));
  // The original is the chosen line itself, on the left.
  const shared = names.filter(
    (name) => SHARED.test(name) && !kept.includes(name) && name !== 'event.original',
  );
  const mapped = names.filter((name) => !kept.includes(name) && !SHARED.test(name));
  return (
    <div data-testid="mapping-document">
      <Group title={t.document.mapped} names={mapped.sort()} line={line} />
      <Group title={t.document.kept} names={kept} line={line} />
      <Group title={t.document.shared} names={shared} line={line} />
    </div>
  );
}

function Group(props: { title: string; names: readonly string[]; line: MappingLinePreview }) {
  if (props.names.length === 0) return null;
  return (
    <>
      <h3>{props.title}</h3>
      <dl className={css.document}>
        {props.names.map((name) => {
          const value = props.line.fields[name];
          return (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{Array.isArray(value) ? value.join(', ') : String(value)}</dd>
            </div>
          );
        })}
      </dl>
    </>
  );
}
