import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'wouter';
import { ApiFailure } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { RuleDetail } from '../api/types.ts';
import { useMay } from '../session.ts';
import { techniqueUrl } from '../ui/chips.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Severity } from '../ui/severity.tsx';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { Toggle } from '../ui/toggle.tsx';
import { useRuleSwitch } from './actions.ts';
import css from './rules.module.css';
import { t } from './strings.ts';
import { litLine } from './yaml-lit.ts';

/** One rule: what it finds, whether it runs, and its source. */
export default function RulePage() {
  const { id } = useParams<{ id: string }>();
  const query = useQuery(queries.rule(id));
  useTitle(query.data?.title ?? t.title);
  return (
    <div className="page">
      <p className={css.back}>
        <Link href="/rules">
          <Icon name="back" size={12} /> {t.title}
        </Link>
      </p>
      {query.data !== undefined ? (
        <Rule rule={query.data} />
      ) : query.error instanceof ApiFailure && query.error.status === 404 ? (
        <Empty title={t.notFound} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </div>
  );
}

function Rule({ rule }: { rule: RuleDetail }) {
  const turn = useRuleSwitch();
  const mayEdit = useMay('analyst');
  return (
    <article>
      <div className="page-head">
        <Severity level={rule.level} />
        <h1>{rule.title}</h1>
        <span className="spring" />
        <span className="row small">
          {t.columns.on}
          <Toggle
            label={t.toggle(rule.title)}
            checked={rule.enabled}
            disabled={!mayEdit}
            onChange={(enabled) => turn.mutate({ id: rule.id, title: rule.title, enabled })}
          />
        </span>
      </div>
      {rule.problem !== null && (
        <p className={`notice ${rule.state === 'rejected' ? 'bad' : 'warn'} ${css.problem}`}>
          <strong>{t.problem}:</strong> {rule.problem}
        </p>
      )}
      <div className={css.columns}>
        <div className={css.about}>
          {rule.description !== '' && (
            <section>
              <h2>{t.description}</h2>
              <p className={css.prose}>{rule.description}</p>
            </section>
          )}
          <section>
            <div className={css.sourceHead}>
              <h2>{t.source}</h2>
              <CopyButton text={rule.source} icon />
            </div>
            <Source text={rule.source} />
          </section>
        </div>
        <aside className={css.side} aria-label={t.status}>
          <dl className="facts">
            <dt>{t.hits}</dt>
            <dd>{rule.hits24h}</dd>
            <dt>{t.lastHit}</dt>
            <dd>
              <Age at={rule.lastHitAt} suffix={rule.lastHitAt !== null} />
            </dd>
            <dt>{t.columns.state}</dt>
            <dd>{t.stateWord[rule.state]}</dd>
            <dt>{t.status}</dt>
            <dd>{rule.status}</dd>
            <dt>{t.kind}</dt>
            <dd>{t.kinds[rule.kind]}</dd>
            <dt>{t.logsource}</dt>
            <dd>{rule.logsource}</dd>
            <dt>{t.origin}</dt>
            <dd>{rule.origin}</dd>
            <dt>{t.path}</dt>
            <dd className="mono">{rule.path}</dd>
            <dt>{t.id}</dt>
            <dd className="mono">{rule.id}</dd>
          </dl>
          {rule.tags.length > 0 && (
            <section>
              <h2>{t.tags}</h2>
              <ul className={css.tags}>
                {rule.tags.map((tag) => {
                  const url = techniqueUrl(tag.replace(/^attack\./, ''));
                  return (
                    <li key={tag}>
                      {url === null ? (
                        tag
                      ) : (
                        <a href={url} target="_blank" rel="noreferrer">
                          {tag} <Icon name="external" size={11} />
                        </a>
                      )}
                    </li>
                  );
                })}
              </ul>
            </section>
          )}
          {rule.falsePositives.length > 0 && (
            <section>
              <h2>{t.falsePositives}</h2>
              <ul className={css.bullets}>
                {rule.falsePositives.map((each) => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            </section>
          )}
        </aside>
      </div>
    </article>
  );
}

function Source({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <pre className={css.source} tabIndex={0} data-testid="rule-source">
      {text
        .replace(/\n$/, '')
        .split('\n')
        .map((line, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other identity and never move
          <span key={row} className={css.line}>
            {litLine(line).map((token, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              <span key={at} data-token={token.kind}>
                {token.text}
              </span>
            ))}
            {'\n'}
          </span>
        ))}
    </pre>
  );
}
