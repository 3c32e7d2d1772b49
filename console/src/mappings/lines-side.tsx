import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { queries } from '../api/queries.ts';
import type { MappingLinePreview } from '../api/types.ts';
import { useTenantName } from '../session.ts';
import { Icon } from '../ui/icons.tsx';
import css from './mappings.module.css';
import { t } from './strings.ts';

const MOST = 50;

/** The sample lines, and the members of the chosen one. */
export function LinesSide(props: {
  lines: readonly string[];
  setLines: (lines: string[]) => void;
  tried: readonly MappingLinePreview[];
  chosen: number;
  setChosen: (line: number) => void;
  tenant: string | null;
  source: { readonly tenant: string; readonly id: string } | undefined;
  members: readonly { path: string; value: unknown }[];
  mapped: ReadonlySet<string>;
  onMap: (member: string) => void;
}) {
  const { lines, setLines, tried, chosen, tenant } = props;
  const nameOf = useTenantName();
  const [pasting, setPasting] = useState(false);
  const [text, setText] = useState('');
  const [source, setSource] = useState(
    props.source === undefined ? '' : `${props.source.tenant}/${props.source.id}`,
  );
  const [ofTenant = '', ofSource = ''] = source.split('/');
  const sources = useQuery(queries.sources(tenant ?? undefined));
  const last = useQuery({ ...queries.sourceLines(ofTenant, ofSource), enabled: source !== '' });
  const begun = useRef(false);
  const had = lines.length > 0;
  useEffect(() => {
    // Lines that were kept with a version are not replaced by themselves.
    if (begun.current || had || last.data === undefined) return;
    begun.current = true;
    setLines(last.data.items.map((item) => item.text));
  }, [last.data, had, setLines]);
  const load = async (next: string) => {
    setSource(next);
    if (next === '') return;
    begun.current = false;
    setLines([]);
  };
  return (
    <section className={css.side} aria-label={t.lines.title}>
      <div className={css.sideHead}>
        <h2>{t.lines.title}</h2>
        <span className="spring" />
        <button
          type="button"
          className="btn small"
          aria-pressed={pasting}
          onClick={() => {
            setText(lines.join('\n'));
            setPasting(!pasting);
          }}
        >
          {t.lines.paste}
        </button>
      </div>
      <div className="row">
        <select
          className={`select ${css.grow}`}
          aria-label={t.lines.source}
          value={source}
          onChange={(event) => void load(event.target.value)}
        >
          <option value="">{t.lines.choose}</option>
          {sources.data?.items.map((each) => (
            <option key={`${each.tenant}/${each.id}`} value={`${each.tenant}/${each.id}`}>
              {nameOf(each.tenant)}: {each.name}
            </option>
          ))}
        </select>
        {source !== '' && (
          <button
            type="button"
            className="btn icon"
            aria-label={t.lines.again}
            title={t.lines.again}
            onClick={() =>
              void last.refetch().then(({ data }) => data && setLines(data.items.map((item) => item.text)))
            }
          >
            <Icon name="refresh" size={13} />
          </button>
        )}
      </div>
      {pasting && (
        <div className="stack">
          <textarea
            className={`input mono ${css.paste}`}
            aria-label={t.lines.pasteLabel}
            rows={8}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <button
            type="button"
            className="btn primary"
            onClick={() => {
              setLines(
                text
                  .split('\n')
                  .filter((line) => line.trim() !== '')
                  .slice(0, MOST),
              );
              setPasting(false);
            }}
          >
            {t.lines.done}
          </button>
        </div>
      )}
      {lines.length === 0 && !pasting && (
        <p className="hint">
          {source !== '' && last.data?.items.length === 0 ? t.lines.noneOfSource : t.lines.none}
        </p>
      )}
      <ol className={css.lines}>
        {lines.map((line, index) => {
          const outcome = tried[index]?.outcome;
          const misfits = tried[index]?.rules.some(({ state }) => state === 'misfit') === true;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be equal, and lines are exchanged together
            <li key={index}>
              <button
                type="button"
                className={css.line}
                aria-pressed={index === chosen}
                aria-label={`${t.lines.line(index + 1)}${outcome === undefined ? '' : `: ${t.lines.outcome[outcome]}`}`}
                data-outcome={outcome}
                data-misfits={misfits || undefined}
                onClick={() => props.setChosen(index)}
              >
                <code>{line.slice(0, 300)}</code>
              </button>
            </li>
          );
        })}
      </ol>
      {lines.length > 0 && (
        <>
          <h3>{t.lines.members}</h3>
          <ul className={css.members} data-testid="members">
            {props.members.map(({ path, value }) => (
              <li key={path} data-mapped={props.mapped.has(path) || undefined}>
                <code className="truncate" title={path}>
                  {path}
                </code>
                <span className="truncate" title={shown(value)}>
                  {shown(value)}
                </span>
                {props.mapped.has(path) ? (
                  <span className={css.check} title={t.lines.mapped}>
                    <Icon name="check" size={12} />
                  </span>
                ) : (
                  <button
                    type="button"
                    className="btn quiet small icon"
                    aria-label={t.lines.map(path)}
                    title={t.lines.map(path)}
                    onClick={() => props.onMap(path)}
                  >
                    <Icon name="plus" size={12} />
                  </button>
                )}
              </li>
            ))}
          </ul>
          {props.members.length === 0 && <p className="hint">{t.lines.unread}</p>}
        </>
      )}
    </section>
  );
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
