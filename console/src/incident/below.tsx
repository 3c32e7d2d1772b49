import { Fragment, type RefObject } from 'react';
import type { IncidentView } from '../api/types.ts';
import { CampaignSection } from '../campaigns/section.tsx';
import { Technical } from '../client-view/client-view.tsx';
import { Regulatory } from '../clocks/regulatory.tsx';
import { Conversation } from '../conversation/conversation.tsx';
import type { OnFilter } from '../event/event-panel.tsx';
import { IncidentProcedures } from '../procedures/incident-procedures.tsx';
import { useMay, useSession } from '../session.ts';
import { Verdicts } from '../verdict/verdicts.tsx';
import { AlertEvidence } from './evidence.tsx';
import { IncidentGrouping, Why } from './grouping.tsx';
import { t } from './strings.ts';
import { Timeline } from './timeline.tsx';

/** An incident below its story and what to do now: what was done and said, the evidence, why it is one incident. */
export default function Below({
  incident,
  comment,
  openId,
  onEvent,
  onFilter,
  onJudge,
}: {
  readonly incident: IncidentView;
  /** The field for a comment, for the key that leads to it. */
  readonly comment: RefObject<HTMLTextAreaElement | null>;
  /** The event that is open beside it. */
  readonly openId: string | undefined;
  readonly onEvent: (event: { id: string; at: number }) => void;
  readonly onFilter: OnFilter;
  readonly onJudge: (() => void) | undefined;
}) {
  const mayAct = useMay('incidents.handle');
  const ours = useMay('comments.internal');
  const { provider } = useSession();
  const Details = ours ? Fragment : Technical;
  return (
    <>
      {!ours && <Conversation incident={incident.id} inputRef={comment} />}
      <IncidentProcedures key={incident.id} incident={incident.id} tenant={incident.tenant} />
      <Details>
        <section aria-labelledby="timeline">
          <h2 id="timeline">{t.timeline}</h2>
          <Timeline entries={incident.timeline} onEvent={onEvent} openId={openId} composer={null} />
        </section>
        {ours && <Conversation incident={incident.id} inputRef={comment} />}
        <section aria-labelledby="evidence">
          <h2 id="evidence">{t.evidence}</h2>
          {incident.alertList.map((alert) => (
            <AlertEvidence
              key={alert.id}
              alert={alert}
              tenant={incident.tenant}
              of={incident.id}
              onEvent={onEvent}
              onFilter={onFilter}
              incident={mayAct && incident.alertList.length > 1 ? incident.id : undefined}
            />
          ))}
        </section>
        <Verdicts incident={incident} onJudge={onJudge} />
        {incident.reason !== null && <Why title={t.whyOpened} reason={incident.reason} />}
        <Regulatory incident={incident.id} />
        <IncidentGrouping incident={incident} mayAct={mayAct} />
        {ours && provider && <CampaignSection incident={incident.id} mayAct={mayAct} />}
      </Details>
    </>
  );
}
