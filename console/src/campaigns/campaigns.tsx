import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useMayForAll, useTenantName } from '../session.ts';
import { useTitle } from '../ui/hooks.ts';
import { Severity } from '../ui/severity.tsx';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { Age } from '../ui/time-view.tsx';
import css from './campaigns.module.css';
import { campaigns, useCampaignChange } from './queries.ts';
import { t } from './strings/strings.ts';

/** All campaigns, with the incidents of each. */
export default function CampaignsPage() {
  useTitle(t.title);
  const query = useQuery(campaigns());
  const change = useCampaignChange();
  const nameOf = useTenantName();
  const mayAct = useMayForAll('campaigns.write');
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t.title}</h1>
        <span className="hint">{t.hint}</span>
      </div>
      {query.isPending ? (
        <SkeletonRows rows={6} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data.items.length === 0 ? (
        <Empty title={t.none}>{t.noneText}</Empty>
      ) : (
        <ul className={css.list}>
          {query.data.items.map((campaign) => (
            <li key={campaign.id} data-testid="campaign-row">
              <p className="row">
                <strong className="wrap">{campaign.name}</strong>
                <span className="muted">{t.members(campaign.members.length)}</span>
                <span className="muted">
                  {campaign.createdBy} · <Age at={campaign.createdAt} suffix />
                </span>
                {campaign.closedAt !== null && <span className="muted">{t.closed}</span>}
                {mayAct && (
                  <button
                    type="button"
                    className="btn quiet small"
                    disabled={change.isPending}
                    onClick={() =>
                      change.mutate({
                        id: campaign.id,
                        body: { closed: campaign.closedAt === null },
                        said: ui.saved,
                      })
                    }
                  >
                    {campaign.closedAt === null ? t.close : t.reopen}
                  </button>
                )}
              </p>
              {campaign.note !== '' && <p className="wrap">{campaign.note}</p>}
              <ul className={css.members}>
                {campaign.members.map((member) => (
                  <li key={member.incident}>
                    <Severity level={member.level} />{' '}
                    <Link href={`/incidents/${member.incident}`}>INC-{member.incident}</Link>{' '}
                    <span>{nameOf(member.tenant)}</span> <span className="muted wrap">{member.title}</span>
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
