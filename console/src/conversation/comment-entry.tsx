import { useQuery } from '@tanstack/react-query';
import type { CommentView, Person } from '@vigie/contracts/api';
import { useState } from 'react';
import { Confirm } from '../ui/confirm.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { At } from '../ui/time-view.tsx';
import { AudienceBadge } from './audience.tsx';
import css from './conversation.module.css';
import { Markdown } from './markdown.tsx';
import { mentioned } from './mentions.ts';
import { history, useConversationChange } from './queries.ts';
import { t } from './strings/strings.ts';

/** A comment, with what its author may do with it. */
export function CommentEntry(props: {
  incident: number;
  tenant: string;
  comment: CommentView;
  people: readonly Person[];
}) {
  const { incident, comment } = props;
  const change = useConversationChange(incident);
  const [mode, setMode] = useState<'edit' | 'remove' | 'history' | null>(null);
  const [text, setText] = useState(comment.body);
  const path = `comments/${comment.id}`;
  if (comment.deleted !== null)
    return (
      <p className={css.entry} data-state="deleted" data-audience={comment.audience}>
        <span>
          {t.deletedComment(comment.deleted.by)} <At at={comment.deleted.at} />
        </span>
      </p>
    );
  return (
    <article className={css.entry} data-audience={comment.audience} data-testid="comment">
      <header className={css.head}>
        <strong>{comment.author.name}</strong>
        <AudienceBadge audience={comment.audience} tenant={props.tenant} />
        <span className="muted">
          <At at={comment.createdAt} />
        </span>
        {comment.editedAt !== null && (
          <button type="button" className="btn quiet small" onClick={() => setMode('history')}>
            {t.edited}
          </button>
        )}
        <span className="spring" />
        {comment.mayEdit && mode !== 'edit' && (
          <button
            type="button"
            className="btn quiet small"
            onClick={() => {
              setText(comment.body);
              setMode('edit');
            }}
          >
            {t.edit}
          </button>
        )}
        {comment.mayDelete && (
          <button type="button" className="btn quiet small" onClick={() => setMode('remove')}>
            {t.remove}
          </button>
        )}
      </header>
      {mode === 'edit' ? (
        <form
          className={css.form}
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate(
              {
                method: 'PATCH',
                path,
                body: { body: text.trim(), mentions: mentioned(text, props.people, comment.audience) },
              },
              { onSuccess: () => setMode(null) },
            );
          }}
        >
          <textarea
            className="input"
            rows={4}
            maxLength={10_000}
            aria-label={t.write}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <div className={css.actions}>
            <button type="submit" className="btn primary" disabled={change.isPending || text.trim() === ''}>
              {ui.save}
            </button>
            <button type="button" className="btn" onClick={() => setMode(null)}>
              {ui.cancel}
            </button>
          </div>
        </form>
      ) : (
        <Markdown text={comment.body} names={comment.mentions.map(({ name }) => name)} />
      )}
      {mode === 'remove' && (
        <Confirm
          title={t.removeTitle}
          text={t.removeComment}
          action={t.remove}
          onCancel={() => setMode(null)}
          onConfirm={() => {
            setMode(null);
            change.mutate({ method: 'DELETE', path });
          }}
        />
      )}
      {mode === 'history' && (
        <History incident={incident} comment={comment.id} onClose={() => setMode(null)} />
      )}
    </article>
  );
}

function History(props: { incident: number; comment: string; onClose: () => void }) {
  const query = useQuery(history(props.incident, props.comment));
  return (
    <Dialog title={t.history} onClose={props.onClose} width={640}>
      {query.isPending ? (
        <SkeletonRows rows={3} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <ol className={css.versions}>
          {query.data.items.map((version) => (
            <li key={version.at}>
              <p className="hint">
                {version.by} · <At at={version.at} />
              </p>
              <Markdown text={version.body} names={[]} />
            </li>
          ))}
        </ol>
      )}
    </Dialog>
  );
}
