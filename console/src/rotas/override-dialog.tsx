import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { NewOverride, RotaView } from '@vigie/contracts/api';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { codeOf, messageOf } from '../ui/states.tsx';
import { inputValue } from '../ui/time.ts';
import css from './rotas.module.css';
import { t } from './strings.ts';

const KINDS = ['swap', 'holiday', 'sickness', 'other'] as const;

/** Puts one member in the place of whoever is planned, for a time. */
export function OverrideDialog({ rota, onClose }: { rota: RotaView; onClose: () => void }) {
  const client = useQueryClient();
  const { members } = rota.setup;
  const [place, setPlace] = useState(0);
  const [from, setFrom] = useState(inputValue(Date.now()));
  const [to, setTo] = useState(inputValue(rota.now.to));
  const [kind, setKind] = useState<NewOverride['kind']>('swap');
  const [note, setNote] = useState('');
  const save = useMutation({
    mutationFn: (body: NewOverride) => call<RotaView>('POST', `/api/rotas/${rota.id}/overrides`, body),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['rotas'] });
      onClose();
    },
  });
  const [begin, end] = [new Date(from).getTime(), new Date(to).getTime()];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const member = members[place];
    if (member !== undefined) save.mutate({ from: begin, to: end, member, kind, note });
  };
  return (
    <Dialog title={`${t.swapTitle}: ${rota.setup.name}`} onClose={onClose}>
      <form className="stack" onSubmit={submit} data-testid="override-dialog">
        <SelectField
          label={t.person}
          value={place}
          onChange={(event) => setPlace(Number(event.target.value))}
        >
          {members.map((member, index) => (
            <option key={member.email} value={index}>
              {member.name}
            </option>
          ))}
        </SelectField>
        <div className={css.pair}>
          <TextField
            label={t.begins}
            type="datetime-local"
            step={1}
            required
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
          <TextField
            label={t.ends}
            type="datetime-local"
            step={1}
            required
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        </div>
        <SelectField
          label={t.why}
          value={kind}
          onChange={(event) => setKind(event.target.value as NewOverride['kind'])}
        >
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {t.kind[each]}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t.note}
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        {save.isError && (
          <p className="notice bad" role="alert">
            {messageOf(save.error)} <code>{codeOf(save.error)}</code>
          </p>
        )}
        <div className="row">
          <span className="spring" />
          <button type="submit" className="btn primary" disabled={!(begin < end) || save.isPending}>
            {t.swapTitle}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
