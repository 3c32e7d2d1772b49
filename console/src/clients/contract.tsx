import { useQuery } from '@tanstack/react-query';
import type { ClockKind, Contract, ServiceLevel, TenantProfile } from '@vigie/contracts/api';
import { type FormEvent, useState } from 'react';
import type { Level } from '../api/types.ts';
import { useMay } from '../session.ts';
import { TextField } from '../ui/fields.tsx';
import { Severity } from '../ui/severity.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import css from './clients.module.css';
import { clientQueries } from './queries.ts';
import { SaveBar, useSaveProfile } from './saving.tsx';
import { t } from './strings.ts';

const LEVELS: readonly Level[] = ['critical', 'high', 'medium', 'low', 'informational'];
const CLOCK_KINDS = ['notify', 'acknowledge', 'contain', 'resolve'] as const satisfies readonly ClockKind[];
const NOTHING: ServiceLevel = {
  notify: null,
  acknowledge: null,
  contain: null,
  resolve: null,
  hours: 'always',
};

/** What was promised to a client. */
export default function ContractTab({ tenant }: { tenant: string }) {
  const query = useQuery(clientQueries.profile(tenant));
  return query.data !== undefined ? (
    <Editor key={JSON.stringify(query.data)} tenant={tenant} profile={query.data} />
  ) : query.isError ? (
    <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  ) : (
    <SkeletonRows rows={6} />
  );
}

function Editor({ tenant, profile }: { tenant: string; profile: TenantProfile }) {
  // A client's own people see what they were promised; the provider promises.
  const mayEdit = useMay('clocks.manage');
  const save = useSaveProfile(tenant);
  const [contract, setContract] = useState(profile.contract);
  const [warnAt, setWarnAt] = useState(
    (profile.contract?.warnAt ?? [0.5, 0.8]).map((share) => share * 100).join(', '),
  );
  const shares = warnAt
    .split(/[\s,;]+/)
    .filter((part) => part !== '')
    .map((part) => Math.round(Number(part)) / 100);
  const valid = shares.length <= 5 && shares.every((share) => share >= 0.01 && share <= 0.99);
  const wanted = { ...profile, contract: contract === null ? null : { ...contract, warnAt: shares } };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(wanted);
  };
  return (
    <form onSubmit={submit} data-testid="contract-form">
      <fieldset className={css.form} disabled={!mayEdit}>
        {contract === null ? (
          <div className="stack">
            <p>{t.noContract}</p>
            {mayEdit && (
              <div className="row">
                <button
                  type="button"
                  className="btn"
                  onClick={() => setContract({ name: '', levels: {}, warnAt: [0.5, 0.8] })}
                >
                  {t.agree}
                </button>
              </div>
            )}
          </div>
        ) : (
          <>
            <div className={css.pair}>
              <TextField
                label={t.contractName}
                required
                maxLength={200}
                value={contract.name}
                onChange={(event) => setContract({ ...contract, name: event.target.value })}
              />
              <TextField
                label={t.warnAt}
                inputMode="numeric"
                value={warnAt}
                aria-invalid={!valid}
                onChange={(event) => setWarnAt(event.target.value)}
              />
            </div>
            <p className="hint">{t.contractHint}</p>
            <Levels contract={contract} onChange={setContract} />
            {mayEdit && (
              <div className="row">
                <button type="button" className="btn danger" onClick={() => setContract(null)}>
                  {t.endContract}
                </button>
              </div>
            )}
          </>
        )}
        <SaveBar
          dirty={JSON.stringify(wanted) !== JSON.stringify(profile)}
          valid={valid && (contract === null || contract.name.trim() !== '')}
          mayEdit={mayEdit}
          save={save}
        />
      </fieldset>
    </form>
  );
}

function Levels({ contract, onChange }: { contract: Contract; onChange: (contract: Contract) => void }) {
  const set = (level: Level, values: Partial<ServiceLevel>) => {
    const next = { ...(contract.levels[level] ?? NOTHING), ...values };
    onChange({ ...contract, levels: { ...contract.levels, [level]: next } });
  };
  const minutes = (level: Level, kind: ClockKind) => {
    const seconds = contract.levels[level]?.[kind] ?? null;
    return seconds === null ? '' : String(seconds / 60);
  };
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{t.severity}</th>
            {CLOCK_KINDS.map((kind) => (
              <th key={kind} scope="col">
                {t.promised[kind]}
              </th>
            ))}
            <th scope="col">{t.counting}</th>
          </tr>
        </thead>
        <tbody>
          {LEVELS.map((level) => (
            <tr key={level}>
              <td>
                <Severity level={level} />
              </td>
              {CLOCK_KINDS.map((kind) => (
                <td key={kind}>
                  <input
                    className={`input ${css.minutes}`}
                    type="number"
                    min={0}
                    step="any"
                    aria-label={`${ui.level[level]}: ${t.promised[kind]}`}
                    value={minutes(level, kind)}
                    onChange={(event) => {
                      const seconds = Math.round(Number(event.target.value) * 60);
                      set(level, { [kind]: event.target.value === '' || seconds < 1 ? null : seconds });
                    }}
                  />
                </td>
              ))}
              <td>
                <select
                  className="select"
                  aria-label={`${ui.level[level]}: ${t.counting}`}
                  value={contract.levels[level]?.hours ?? 'always'}
                  onChange={(event) => set(level, { hours: event.target.value as ServiceLevel['hours'] })}
                >
                  <option value="always">{t.always}</option>
                  <option value="business">{t.business}</option>
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
