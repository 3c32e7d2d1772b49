import { CRITICALITIES } from '@vigie/contracts';
import type { AssetDetail, AssetKind, AssetPatch, AssetView } from '@vigie/contracts/api';
import { type FormEvent, useState } from 'react';
import { t as marks } from '../asset-marks/strings.ts';
import { useSession } from '../session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { ui } from '../ui/strings.ts';
import { toast } from '../ui/toaster.tsx';
import { useAssetChange } from './changes.ts';
import { AssetFields, draftOf, HandlingChoice, patchOf, tagsOf } from './form.tsx';
import { pathOf } from './queries.ts';
import { t } from './strings.ts';

function Buttons({ onClose, disabled, label }: { onClose: () => void; disabled: boolean; label: string }) {
  return (
    <div className="row">
      <span className="spring" />
      <button type="button" className="btn" onClick={onClose}>
        {ui.cancel}
      </button>
      <button type="submit" className="btn primary" disabled={disabled}>
        {label}
      </button>
    </div>
  );
}

/** Changes what is written down about one asset. */
export function EditDialog({ asset, onClose }: { asset: AssetView; onClose: () => void }) {
  const [before] = useState(() => draftOf(asset));
  const [draft, setDraft] = useState(before);
  const change = useAssetChange<AssetDetail>(() => {
    toast(t.saved);
    onClose();
  });
  const patch = patchOf(draft, before);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ method: 'PATCH', path: pathOf(asset.tenant, asset.id), body: patch });
  };
  return (
    <Dialog title={t.editTitle(asset.name)} onClose={onClose} width={560}>
      <form className="stack" onSubmit={submit}>
        <AssetFields kind={asset.kind} draft={draft} onChange={setDraft} />
        <Buttons
          onClose={onClose}
          disabled={change.isPending || Object.keys(patch).length === 0}
          label={t.save}
        />
      </form>
    </Dialog>
  );
}

/** Adds one by hand. */
export function AddDialog(props: {
  tenant: string | undefined;
  onClose: () => void;
  onAdded: (asset: AssetView) => void;
}) {
  const { tenants } = useSession();
  const [tenant, setTenant] = useState(props.tenant ?? tenants[0]?.id ?? '');
  const [kind, setKind] = useState<AssetKind>('host');
  const [name, setName] = useState('');
  const [draft, setDraft] = useState(() => draftOf());
  const change = useAssetChange<AssetDetail>(props.onAdded);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ path: '/api/assets', body: { tenant, kind, name, ...patchOf(draft, draftOf()) } });
  };
  return (
    <Dialog title={t.addTitle} onClose={props.onClose} width={560}>
      <form className="stack" onSubmit={submit}>
        <TenantField value={tenant} onChange={setTenant} />
        <SelectField
          label={t.kindFilter}
          value={kind}
          onChange={(event) => {
            setKind(event.currentTarget.value as AssetKind);
            setDraft({ ...draft, type: '' });
          }}
        >
          <option value="host">{t.kind.host}</option>
          <option value="user">{t.kind.user}</option>
        </SelectField>
        <TextField
          label={t.name}
          hint={t.nameHint}
          required
          maxLength={255}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <AssetFields kind={kind} draft={draft} onChange={setDraft} />
        <Buttons onClose={props.onClose} disabled={change.isPending || name.trim() === ''} label={t.save} />
      </form>
    </Dialog>
  );
}

/** The organisation that something is for; nothing where there is but one. */
export function TenantField({ value, onChange }: { value: string; onChange: (tenant: string) => void }) {
  const { tenants } = useSession();
  if (tenants.length < 2) return null;
  return (
    <SelectField label={t.tenant} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {tenants.map((each) => (
        <option key={each.id} value={each.id}>
          {each.name}
        </option>
      ))}
    </SelectField>
  );
}

/** The same change to several. */
export function BulkDialog({ assets, onClose }: { assets: readonly AssetView[]; onClose: () => void }) {
  const [criticality, setCriticality] = useState('');
  const [owner, setOwner] = useState('');
  const [site, setSite] = useState('');
  const [handling, setHandling] = useState<AssetView['handling'] | null>(null);
  const [tags, setTags] = useState('');
  const change = useAssetChange<{ changed: number }>(({ changed }) => {
    toast(t.changed(changed));
    onClose();
  });
  const patch: AssetPatch = {
    ...(criticality === '' ? {} : { criticality: criticality as AssetView['criticality'] }),
    ...(owner.trim() === '' ? {} : { owner: owner.trim() }),
    ...(site.trim() === '' ? {} : { site: site.trim() }),
    ...(handling === null ? {} : { handling }),
  };
  const addTags = tagsOf(tags);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({
      path: '/api/assets/bulk',
      body: { items: assets.map(({ tenant, id }) => ({ tenant, id })), patch, addTags },
    });
  };
  return (
    <Dialog title={t.bulkTitle(assets.length)} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <SelectField
          label={t.critFilter}
          value={criticality}
          onChange={(event) => setCriticality(event.currentTarget.value)}
        >
          <option value="">{t.leave}</option>
          {CRITICALITIES.map((each) => (
            <option key={each} value={each}>
              {marks.criticality[each]}
            </option>
          ))}
        </SelectField>
        <TextField
          label={t.owner}
          placeholder={t.leave}
          maxLength={200}
          value={owner}
          onChange={(event) => setOwner(event.currentTarget.value)}
        />
        <TextField
          label={t.site}
          placeholder={t.leave}
          maxLength={200}
          value={site}
          onChange={(event) => setSite(event.currentTarget.value)}
        />
        {handling === null ? (
          <button type="button" className="btn" onClick={() => setHandling([])}>
            {t.handling}…
          </button>
        ) : (
          <HandlingChoice value={handling} onChange={setHandling} />
        )}
        <TextField
          label={t.addTags}
          hint={t.tagsHint}
          value={tags}
          onChange={(event) => setTags(event.currentTarget.value)}
        />
        <Buttons
          onClose={onClose}
          disabled={change.isPending || (Object.keys(patch).length === 0 && addTags.length === 0)}
          label={t.save}
        />
      </form>
    </Dialog>
  );
}
