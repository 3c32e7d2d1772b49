import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { useTenantName } from '../session.ts';
import { Severity } from '../ui/severity.tsx';
import { Age } from '../ui/time-view.tsx';
import css from './campaigns.module.css';
import { campaigns, campaignsOf, useCampaignChange } from './queries.ts';
import { t } from './strings/strings.ts';

/** Which campaign an incident is in, and what it shares with incidents of other clients. For the provider only. */
export function CampaignSection({ incident, mayAct }: { incident: number; mayAct: boolean }) {
  const query = useQuery(campaignsOf(incident));
  const all = useQuery({ ...campaigns(), enabled: mayAct });
  const change = useCampaignChange();
  const nameOf = useTenantName();
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState('');
  if (query.data === undefined) return null;
  const { campaigns: own, suggestions } = query.data;
  const [mine] = own;
  const open = (all.data?.items ?? []).filter(
    (one) => one.closedAt === null && !own.some(({ id }) => id === one.id),
  );
  return (
    <section aria-labelledby="campaign" data-testid="campaign">
      <h2 id="campaign">
        {t.section} <span className="hint">{t.only}</span>
      </h2>
      <div className="stack">
        {own.map((campaign) => (
          <div key={campaign.id}>
            <p className="row">
              <Link href="/campaigns">
                <strong>{campaign.name}</strong>
              </Link>
              <span className="muted">{t.members(campaign.members.length)}</span>
              {mayAct && (
                <button
                  type="button"
                  className="btn quiet small"
                  onClick={() =>
                    change.mutate({ id: campaign.id, body: { remove: [incident] }, said: t.removed })
                  }
                >
                  {t.remove}
                </button>
              )}
            </p>
            <ul className={css.members}>
              {campaign.members
                .filter((member) => member.incident !== incident)
                .map((member) => (
                  <li key={member.incident}>
                    <Severity level={member.level} />{' '}
                    <Link href={`/incidents/${member.incident}`}>INC-{member.incident}</Link>{' '}
                    {nameOf(member.tenant)}
                  </li>
                ))}
            </ul>
          </div>
        ))}
        {suggestions.length === 0 ? (
          own.length === 0 && <p className="hint">{t.noSuggestions}</p>
        ) : (
          <div>
            <h3>{t.suggestions}</h3>
            <ul className={css.suggestions}>
              {suggestions.map((one) => (
                <li key={one.incident} data-testid="suggestion">
                  <p className="row">
                    <Severity level={one.level} />
                    <Link href={`/incidents/${one.incident}`}>INC-{one.incident}</Link>
                    <strong>{nameOf(one.tenant)}</strong>
                    <span className="muted">
                      <Age at={one.lastAt} suffix />
                    </span>
                    {mayAct && mine !== undefined && (
                      <button
                        type="button"
                        className="btn small"
                        disabled={change.isPending}
                        onClick={() =>
                          change.mutate({ id: mine.id, body: { add: [one.incident] }, said: t.added })
                        }
                      >
                        {t.add}
                      </button>
                    )}
                  </p>
                  <ul className={css.shared}>
                    {one.shared.map(({ kind, value }) => (
                      <li key={`${kind} ${value}`}>
                        <span className="muted">{t.kinds[kind]}</span>{' '}
                        <span className={kind === 'rule' ? 'wrap' : 'mono wrap'}>{value}</span>
                      </li>
                    ))}
                  </ul>
                </li>
              ))}
            </ul>
          </div>
        )}
        {mayAct && own.length === 0 && (
          <div className="row">
            <form
              className="row"
              onSubmit={(event) => {
                event.preventDefault();
                change.mutate({
                  body: { name: name.trim(), incidents: [incident] },
                  said: t.made,
                });
              }}
            >
              <input
                className="input"
                aria-label={t.name}
                placeholder={t.name}
                maxLength={200}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
              <button
                type="submit"
                className="btn small"
                disabled={name.trim().length < 3 || change.isPending}
              >
                {t.make}
              </button>
            </form>
            {open.length > 0 && (
              <form
                className="row"
                onSubmit={(event) => {
                  event.preventDefault();
                  if (chosen !== '') change.mutate({ id: chosen, body: { add: [incident] }, said: t.added });
                }}
              >
                <select
                  className="select"
                  aria-label={t.choose}
                  value={chosen}
                  onChange={(event) => setChosen(event.target.value)}
                >
                  <option value="">{t.choose}…</option>
                  {open.map((one) => (
                    <option key={one.id} value={one.id}>
                      {one.name}
                    </option>
                  ))}
                </select>
                <button type="submit" className="btn small" disabled={chosen === '' || change.isPending}>
                  {t.join}
                </button>
              </form>
            )}
          </div>
        )}
      </div>
    </section>
  );
}
