import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import type { SourceView, WefQuery, WefSetup, WefView } from '../api/types.ts';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { Toggle } from '../ui/toggle.tsx';
import css from './sources.module.css';
import { f } from './wef-strings.ts';

interface Row extends WefQuery {
  /** Stays with the row while others come and go. */
  readonly id: number;
}

/** What the Windows machines of a source are asked for: event logs with an XPath expression each. */
export function WefForm({
  source,
  before,
  onClose,
}: {
  source: SourceView;
  before: WefView;
  onClose: () => void;
}) {
  const path = `/api/sources/${source.tenant}/${source.id}/wef`;
  const [setup, setSetup] = useState<Omit<WefSetup, 'queries'>>({
    enabled: before.enabled,
    format: before.format,
    readExisting: before.readExisting,
    latencySeconds: before.latencySeconds,
    heartbeatSeconds: before.heartbeatSeconds,
  });
  const [rows, setRows] = useState<readonly Row[]>(before.queries.map((query, id) => ({ ...query, id })));
  const send = useMutation({
    mutationFn: (body: WefSetup | null) =>
      body === null ? call<WefView>('DELETE', path) : call<WefView>('PUT', path, body),
    onSuccess: () => {
      toast(f.saved);
      onClose();
    },
    onError: (error) => toast(messageOf(error), 'bad'),
  });
  const change = (id: number, part: Partial<WefQuery>) =>
    setRows(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate({
      ...setup,
      queries: rows.map(({ channel, xpath }) => ({ channel: channel.trim(), xpath: xpath.trim() })),
    });
  };
  return (
    <Dialog title={f.form(source.name)} onClose={onClose} width={860}>
      <form className="stack" onSubmit={submit}>
        <div className="row">
          <Toggle
            label={f.enabled}
            checked={setup.enabled}
            onChange={(enabled) => setSetup({ ...setup, enabled })}
          />
          <span aria-hidden="true">{f.enabled}</span>
        </div>
        <ul className={css.queries}>
          {rows.map((row) => (
            <li key={row.id}>
              <input
                className="input"
                aria-label={f.channel}
                placeholder={f.channel}
                required
                maxLength={255}
                spellCheck={false}
                value={row.channel}
                onChange={(event) => change(row.id, { channel: event.target.value })}
              />
              <input
                className="input"
                aria-label={f.xpath}
                placeholder={f.xpath}
                required
                maxLength={4096}
                spellCheck={false}
                value={row.xpath}
                onChange={(event) => change(row.id, { xpath: event.target.value })}
              />
              <button
                type="button"
                className="btn"
                aria-label={f.removeQuery(row.channel)}
                disabled={rows.length === 1}
                onClick={() => setRows(rows.filter(({ id }) => id !== row.id))}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
        <div className="row">
          <button
            type="button"
            className="btn"
            onClick={() =>
              setRows([...rows, { id: Math.max(...rows.map(({ id }) => id)) + 1, channel: '', xpath: '*' }])
            }
          >
            {f.addQuery}
          </button>
        </div>
        <p className="hint">{f.newChannel}</p>
        <label className="row">
          <input
            type="checkbox"
            checked={setup.format === 'rendered'}
            onChange={(event) => setSetup({ ...setup, format: event.target.checked ? 'rendered' : 'raw' })}
          />{' '}
          {f.rendered}
        </label>
        <label className="row">
          <input
            type="checkbox"
            checked={setup.readExisting}
            onChange={(event) => setSetup({ ...setup, readExisting: event.target.checked })}
          />{' '}
          {f.existing}
        </label>
        <TextField
          label={f.latency}
          type="number"
          required
          min={1}
          max={3600}
          value={setup.latencySeconds}
          onChange={(event) => setSetup({ ...setup, latencySeconds: Number(event.target.value) })}
        />
        <TextField
          label={f.heartbeat}
          type="number"
          required
          min={60}
          max={86_400}
          value={setup.heartbeatSeconds}
          onChange={(event) => setSetup({ ...setup, heartbeatSeconds: Number(event.target.value) })}
        />
        <div className="row">
          {!before.isDefault && (
            <button type="button" className="btn" disabled={send.isPending} onClick={() => send.mutate(null)}>
              {f.reset}
            </button>
          )}
          <span className="spring" />
          <button type="submit" className="btn primary" disabled={send.isPending}>
            {f.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
