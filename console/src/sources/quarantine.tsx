import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { QuarantineAssignment, Quarantine as Sender } from '../api/types.ts';
import { useMayForAll, useTenantName } from '../session.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField } from '../ui/fields.tsx';
import { codeOf, messageOf } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { countText } from './health.tsx';
import css from './sources.module.css';
import { t } from './strings.ts';

/** Senders that nobody knows yet; nothing is shown while there are none. */
export function Quarantine() {
  const client = useQueryClient();
  const mayAssign = useMayForAll('sources.manage');
  const query = useQuery({ ...queries.quarantine(), enabled: useMayForAll('sources.operate') });
  const [assigning, setAssigning] = useState<Sender | null>(null);
  const [discarding, setDiscarding] = useState<Sender | null>(null);
  const discard = useMutation({
    mutationFn: (id: string) => call<void>('DELETE', `/api/quarantine/${encodeURIComponent(id)}`),
    onSuccess: () => toast(t.discarded),
    onError: (error) => toast(messageOf(error), 'bad'),
    onSettled: () => client.invalidateQueries({ queryKey: ['quarantine'] }),
  });
  const senders = query.data?.items ?? [];
  if (senders.length === 0) return null;
  return (
    <section className={css.quarantine} aria-labelledby="quarantine">
      <h2 id="quarantine">{t.quarantine}</h2>
      <p className="small muted">{t.quarantineText}</p>
      <ul>
        {senders.map((sender) => (
          <li key={sender.id} data-testid="quarantine-row">
            <div className={css.senderHead}>
              <strong className="mono">{sender.sender}</strong>
              <span className="muted">
                {sender.transport} · {t.held(countText(sender.held), countText(sender.lines))} · {t.since}{' '}
                <Age at={sender.firstSeenAt} />
              </span>
              <span className="spring" />
              {mayAssign && (
                <>
                  <button type="button" className="btn small" onClick={() => setAssigning(sender)}>
                    {t.assign}
                  </button>
                  <button type="button" className="btn small quiet" onClick={() => setDiscarding(sender)}>
                    {t.discard}
                  </button>
                </>
              )}
            </div>
            <pre className={css.samples}>{sender.samples.slice(0, 4).map(visible).join('\n')}</pre>
          </li>
        ))}
      </ul>
      {assigning !== null && <Assign sender={assigning} onClose={() => setAssigning(null)} />}
      {discarding !== null && (
        <Confirm
          title={t.discardTitle}
          text={t.discardText(discarding.sender)}
          action={t.discard}
          onCancel={() => setDiscarding(null)}
          onConfirm={() => {
            discard.mutate(discarding.id);
            setDiscarding(null);
          }}
        />
      )}
    </section>
  );
}

/** Control characters as their pictures (`␀`), so that a line cannot hide what it carries. */
export function visible(line: string): string {
  return line.replace(/[\u0000-\u0008\u000b-\u001f]/g, (character) =>
    String.fromCharCode(0x2400 + character.charCodeAt(0)),
  );
}

function Assign({ sender, onClose }: { sender: Sender; onClose: () => void }) {
  const client = useQueryClient();
  const nameOf = useTenantName();
  const sources = useQuery(queries.sources());
  const [chosen, setChosen] = useState<string | null>(null);
  const assign = useMutation({
    mutationFn: (body: QuarantineAssignment) =>
      call<{ replayed: number }>('POST', `/api/quarantine/${encodeURIComponent(sender.id)}/assign`, body),
    onSuccess: ({ replayed }) => {
      toast(t.assigned(countText(replayed)));
      void client.invalidateQueries({ queryKey: ['quarantine'] });
      void client.invalidateQueries({ queryKey: ['sources'] });
      onClose();
    },
  });
  const items = sources.data?.items ?? [];
  const byTenant = [...new Set(items.map((each) => each.tenant))].map((tenant) => ({
    group: nameOf(tenant),
    items: items
      .filter((each) => each.tenant === tenant)
      .map((each) => ({ value: `${each.tenant}/${each.id}`, label: each.name })),
  }));
  return (
    <Dialog onClose={onClose} title={t.assignTitle(sender.sender)}>
      <div className="stack">
        <pre className={css.samples}>{sender.samples.slice(0, 4).map(visible).join('\n')}</pre>
        {sources.isSuccess && items.length === 0 ? (
          <p className="notice warn">{t.noSourceYet}</p>
        ) : (
          <SelectField
            label={t.assignTo}
            value={chosen ?? ''}
            onChange={(event) => setChosen(event.target.value === '' ? null : event.target.value)}
          >
            <option value="" />
            {byTenant.map(({ group, items }) => (
              <optgroup key={group} label={group}>
                {items.map(({ value, label }) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </optgroup>
            ))}
          </SelectField>
        )}
        {assign.isError && (
          <p className="notice bad" role="alert">
            {messageOf(assign.error)} <code>{codeOf(assign.error)}</code>
          </p>
        )}
        <div className="row">
          <span className="spring" />
          <button
            type="button"
            className="btn primary"
            disabled={chosen === null || assign.isPending}
            onClick={() => {
              const [tenant, source] = (chosen ?? '').split('/');
              if (tenant !== undefined && source !== undefined) assign.mutate({ tenant, source });
            }}
          >
            {t.assignAction}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
