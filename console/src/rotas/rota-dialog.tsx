import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { RotaSetup, RotaView } from '@vigie/contracts/api';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../api/client.ts';
import { useSession } from '../session.ts';
import { ManyField, TimeZoneField } from '../ui/choices.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { isSlug, slugOf, TextField } from '../ui/fields.tsx';
import { codeOf, messageOf } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { draftOf, type RotaDraft, readDraft } from './draft.ts';
import css from './rotas.module.css';
import { t } from './strings.ts';

function fresh(): RotaDraft {
  return {
    name: '',
    level: '1',
    ackMinutes: '15',
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
    rotationDays: '7',
    startsOn: new Date().toISOString().slice(0, 10),
    members: '',
    shifts: `${t.now}, 00:00–00:00, 1-7, 1`,
  };
}

/** Makes a rota, or changes one. */
export function RotaDialog({ rota, onClose }: { rota: RotaView | undefined; onClose: () => void }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => (rota === undefined ? fresh() : draftOf(rota.setup)));
  const set = (values: Partial<RotaDraft>) => setDraft({ ...draft, ...values });
  const id = rota?.id ?? slugOf(draft.name);
  const { tenants } = useSession();
  const [watched, setWatched] = useState<readonly string[]>(rota?.setup.tenants ?? []);
  const read = readDraft(draft, watched.length === 0 ? null : [...watched]);
  const unread = 'unread' in read ? read.unread : undefined;
  const save = useMutation({
    mutationFn: (setup: RotaSetup) => call<RotaView>('PUT', `/api/rotas/${id}`, setup),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['rotas'] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!('unread' in read)) save.mutate(read);
  };
  const complete = !('unread' in read) && read.members.length > 0 && read.shifts.length > 0 && isSlug(id);
  return (
    <Dialog title={rota === undefined ? t.add : rota.setup.name} onClose={onClose} width={680}>
      <form className="stack" onSubmit={submit} data-testid="rota-dialog">
        <div className={css.pair}>
          <TextField
            label={t.name}
            required
            maxLength={200}
            value={draft.name}
            onChange={(event) => set({ name: event.target.value })}
          />
          <TextField
            label={t.levelField}
            type="number"
            min={1}
            max={9}
            required
            value={draft.level}
            onChange={(event) => set({ level: event.target.value })}
          />
          <TextField
            label={t.ack}
            type="number"
            min={1}
            max={1440}
            required
            value={draft.ackMinutes}
            onChange={(event) => set({ ackMinutes: event.target.value })}
          />
          <TextField
            label={t.rotation}
            type="number"
            min={1}
            max={366}
            required
            value={draft.rotationDays}
            onChange={(event) => set({ rotationDays: event.target.value })}
          />
          <TextField
            label={t.startsOn}
            type="date"
            required
            value={draft.startsOn}
            onChange={(event) => set({ startsOn: event.target.value })}
          />
          <TimeZoneField label={t.zone} value={draft.timeZone} onChange={(timeZone) => set({ timeZone })} />
        </div>
        <Lines label={t.members} value={draft.members} onChange={(members) => set({ members })} />
        <Lines
          label={t.shifts}
          hint={t.shiftsHint}
          value={draft.shifts}
          onChange={(shifts) => set({ shifts })}
        />
        <details>
          <summary className="small">
            {watched.length === 0 ? t.allTenants : t.someTenants(watched.length)}
          </summary>
          <ManyField
            label={t.watches}
            choices={tenants.map(({ id: value, name: label }) => ({ value, label }))}
            value={watched}
            onChange={setWatched}
          />
        </details>
        {unread !== undefined && (
          <p className="hint" role="alert" data-error>
            {t.unread(unread)}
          </p>
        )}
        {save.isError && (
          <p className="notice bad" role="alert">
            {messageOf(save.error)} <code>{codeOf(save.error)}</code>
          </p>
        )}
        <div className="row">
          <span className="spring" />
          <button type="submit" className="btn primary" disabled={!complete || save.isPending}>
            {ui.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Lines(props: { label: string; hint?: string; value: string; onChange: (text: string) => void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <textarea
        id={id}
        className={`input ${css.lines}`}
        spellCheck={false}
        rows={4}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
      {props.hint !== undefined && <p className="hint">{props.hint}</p>}
    </div>
  );
}
