import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { IMPORT_FIELDS, MAX_IMPORT_BYTES } from '@vigie/contracts';
import type { AssetImportReport, AssetKind, ImportField } from '@vigie/contracts/api';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { useSession } from '../session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField } from '../ui/fields.tsx';
import { messageOf } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { toast } from '../ui/toaster.tsx';
import css from './assets.module.css';
import { useAssetChange } from './changes.ts';
import { TenantField } from './dialogs.tsx';
import { t } from './strings.ts';

/** A file that was chosen; the number tells a second reading of the same name apart. */
interface Chosen {
  readonly id: number;
  readonly text: string;
}
let chosenSoFar = 0;

/** Reads a CSV file, shows what its columns mean and what can't be taken, and saves when the person says so. */
export default function ImportDialog({
  tenant: given,
  onClose,
}: {
  tenant: string | undefined;
  onClose: () => void;
}) {
  const { tenants } = useSession();
  const [tenant, setTenant] = useState(given ?? tenants[0]?.id ?? '');
  const [kind, setKind] = useState<AssetKind>('host');
  const [file, setFile] = useState<Chosen | null>(null);
  const [mapping, setMapping] = useState<(ImportField | null)[] | undefined>();
  const body = { tenant, kind, text: file?.text ?? '', ...(mapping === undefined ? {} : { mapping }) };
  const preview = useQuery({
    queryKey: ['asset-import', tenant, kind, file?.id, mapping],
    enabled: file !== null,
    gcTime: 0,
    retry: false,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      call<AssetImportReport>('POST', '/api/assets/import', { ...body, save: false }, signal),
  });
  const save = useAssetChange<AssetImportReport>((report) => {
    toast(t.importDone(report.added, report.updated));
    onClose();
  });
  const report = file === null ? undefined : preview.data;
  const choose = async (input: HTMLInputElement) => {
    const [one] = input.files ?? [];
    if (one === undefined) return;
    setMapping(undefined);
    if (one.size > MAX_IMPORT_BYTES) return toast(`> ${MAX_IMPORT_BYTES / 1024 / 1024} MB`, 'bad');
    setFile({ id: ++chosenSoFar, text: await one.text() });
  };
  return (
    <Dialog title={t.importTitle} onClose={onClose} width={720}>
      <div className="stack" data-testid="asset-import">
        <TenantField value={tenant} onChange={setTenant} />
        <div className={css.pair}>
          <div className="field">
            <label htmlFor="asset-file">{t.importFile}</label>
            <input
              id="asset-file"
              type="file"
              accept=".csv,text/csv,.txt"
              onChange={(event) => void choose(event.currentTarget)}
            />
          </div>
          <SelectField
            label={t.importKind}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as AssetKind)}
          >
            <option value="host">{t.kinds.host}</option>
            <option value="user">{t.kinds.user}</option>
          </SelectField>
        </div>
        <p className="hint">{t.importHint}</p>
        {file !== null && preview.isPending && <p role="status">{t.importReading}</p>}
        {preview.isError && (
          <p className="notice bad" role="alert">
            {messageOf(preview.error)}
          </p>
        )}
        {report !== undefined && (
          <>
            <Columns
              report={report}
              onChange={(index, field) =>
                setMapping(
                  report.columns.map((column, at) =>
                    at === index ? field : column.field === field && field !== null ? null : column.field,
                  ),
                )
              }
            />
            <p role="status" data-testid="import-summary">
              <strong>{t.importGood(report.good, report.lines)}</strong>{' '}
              {report.errorCount > 0 && t.importErrors(report.errorCount)}
            </p>
            {report.errors.length > 0 && (
              <ul className={css.errors} data-testid="import-errors">
                {report.errors.map(({ line, message }) => (
                  <li key={`${line} ${message}`}>
                    <span className="muted">{t.importLine(line)}</span>{' '}
                    <span className="wrap">{message}</span>
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
        <div className="row">
          <span className="spring" />
          <button type="button" className="btn" onClick={onClose}>
            {ui.cancel}
          </button>
          <button
            type="button"
            className="btn primary"
            disabled={report === undefined || report.good === 0 || preview.isFetching || save.isPending}
            onClick={() => save.mutate({ path: '/api/assets/import', body: { ...body, save: true } })}
          >
            {t.importDo(report?.good ?? 0)}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function Columns(props: {
  report: AssetImportReport;
  onChange: (index: number, field: ImportField | null) => void;
}) {
  return (
    <div className={css.columnsTable}>
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{t.importColumn}</th>
            <th scope="col">{t.importSample}</th>
            <th scope="col">{t.importField}</th>
          </tr>
        </thead>
        <tbody>
          {props.report.columns.map(({ title, field, sample }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other name, and never move
            <tr key={index}>
              <td className="wrap">{title}</td>
              <td className="wrap muted">{sample}</td>
              <td>
                <select
                  className="select"
                  aria-label={`${t.importField}: ${title}`}
                  value={field ?? ''}
                  onChange={(event) =>
                    props.onChange(index, (event.currentTarget.value || null) as ImportField | null)
                  }
                >
                  <option value="">{t.importIgnore}</option>
                  {IMPORT_FIELDS.map((each) => (
                    <option key={each} value={each}>
                      {t.importFields[each]}
                    </option>
                  ))}
                </select>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
