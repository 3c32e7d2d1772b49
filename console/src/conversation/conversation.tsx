import { useQuery } from '@tanstack/react-query';
import type { ConversationView } from '@vigie/contracts/api';
import { lazy, Suspense, useState } from 'react';
import { useMay, useTenantName } from '../session.ts';
import { useArrival } from '../ui/hooks.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { AttachmentEntry } from './attachment-entry.tsx';
import { CommentEntry } from './comment-entry.tsx';
import { Composer } from './composer.tsx';
import css from './conversation.module.css';
import { conversation } from './queries.ts';
import { RequestCard } from './request-card.tsx';
import { t } from './strings/strings.ts';

const AskDialog = lazy(() => import('./ask-dialog.tsx'));

/**
 * What people of both sides said, asked and sent about an incident, oldest first, and a field to go on. What waits
 * for an answer stands at the top, for the client to find at once.
 */
export function Conversation(props: {
  incident: number;
  inputRef: React.RefObject<HTMLTextAreaElement | null>;
}) {
  const query = useQuery({
    ...conversation(props.incident),
    // A file is looked at within seconds; until then nobody has told us.
    refetchInterval: ({ state }) =>
      state.data?.attachments.some(({ scan }) => scan.state === 'pending') ? 2_000 : false,
  });
  return (
    <section aria-labelledby="conversation" data-testid="conversation">
      <h2 id="conversation">{query.data?.side === 'client' ? t.titleClient : t.title}</h2>
      {query.isPending ? (
        <SkeletonRows rows={3} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Entries view={query.data} inputRef={props.inputRef} />
      )}
    </section>
  );
}

function Entries({
  view,
  inputRef,
}: {
  view: ConversationView;
  inputRef: React.RefObject<HTMLTextAreaElement | null>;
}) {
  useArrival('conversation');
  const [asking, setAsking] = useState<'question' | 'decision' | null>(null);
  const tenant = useTenantName()(view.tenant);
  const provider = view.side === 'provider';
  const mayAsk = useMay('questions.ask');
  const first = new Set(view.requests.filter(({ mayAnswer }) => mayAnswer).map(({ id }) => id));
  const card = (request: ConversationView['requests'][number]) => (
    <RequestCard key={request.id} incident={view.incident} request={request} mayManage={mayAsk} />
  );
  const entries = [
    ...view.comments.map((comment) => ({
      at: comment.createdAt,
      node: (
        <CommentEntry
          key={comment.id}
          incident={view.incident}
          tenant={tenant}
          comment={comment}
          people={view.people}
        />
      ),
    })),
    ...view.attachments.map((file) => ({
      at: file.createdAt,
      node: <AttachmentEntry key={file.id} incident={view.incident} tenant={tenant} file={file} />,
    })),
    ...view.requests
      .filter(({ id }) => !first.has(id))
      .map((request) => ({ at: request.askedAt, node: card(request) })),
  ].sort((a, b) => a.at - b.at);
  return (
    <>
      {view.waitingSince !== null && (provider || first.size === 0) && (
        <p className={`notice warn ${css.waiting}`} role="status">
          {provider ? t.waiting : t.waitingClient}
        </p>
      )}
      <div className={css.list}>
        {view.requests.filter(({ id }) => first.has(id)).map(card)}
        {entries.length === 0 && first.size === 0 && <p className="hint">{t.empty}</p>}
        {entries.map(({ node }) => node)}
      </div>
      {view.mayWrite && <Composer view={view} tenant={tenant} inputRef={inputRef} onAsk={setAsking} />}
      {asking !== null && (
        <Suspense fallback={null}>
          <AskDialog kind={asking} view={view} onClose={() => setAsking(null)} />
        </Suspense>
      )}
    </>
  );
}
