import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { ApiFailure, call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { MappingDetail, MappingExport, MappingFile } from '../api/types.ts';
import { useMay, useMayForAll, useScope, useSession, useTenantName } from '../session.ts';
import { Confirm } from '../ui/confirm.tsx';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Empty, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { useUrl } from '../url.ts';
import { emptyDraft, idOf } from './draft.ts';
import { Editor } from './editor.tsx';
import css from './mappings.module.css';
import { t } from './strings.ts';

/** One mapping: lines on the left, fields in the middle, the event on the right. */
export default function Mapping() {
  const { key } = useParams<{ key?: string }>();
  const query = useQuery({ ...queries.mapping(key ?? ''), enabled: key !== undefined });
  useTitle(query.data?.name ?? t.newTitle);
  return (
    <div className="page">
      <p className={css.back}>
        <Link href="/mappings">
          <Icon name="back" size={12} /> {t.back}
        </Link>
      </p>
      {key === undefined ? (
        <Workbench key="new" detail={undefined} />
      ) : query.isPending ? (
        <SkeletonRows />
      ) : query.isError ? (
        query.error instanceof ApiFailure && query.error.status === 404 ? (
          <Empty title={t.notFound} />
        ) : (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : (
        <Workbench key={key} detail={query.data} />
      )}
    </div>
  );
}

type Asking = 'retire' | 'remove' | null;

function Workbench({ detail }: { detail: MappingDetail | undefined }) {
  const { params } = useUrl();
  const { tenant: inView } = useScope();
  const session = useSession();
  const isProvider = useMayForAll('mappings.write');
  const mayPublish = useMay('mappings.publish');
  const nameOf = useTenantName();
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const [ofTenant, ofSource] = (params.get('source') ?? '').split('/');
  const [tenant, setTenant] = useState<string | null>(
    detail?.tenant ?? (ofTenant || inView || (isProvider ? null : (session.tenants[0]?.id ?? null))),
  );
  const [number, setNumber] = useState<number | undefined>(undefined);
  const shown = detail?.versions.find((each) => each.number === number) ?? detail?.versions[0];
  const [draft, setDraft] = useState<MappingFile>(() => shown?.definition ?? emptyDraft());
  const [lines, setLines] = useState<string[]>(() => shown?.definition.samples ?? []);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState<Asking>(null);

  const kept = { ...draft, samples: lines };
  const isDirty = shown === undefined || JSON.stringify(kept) !== JSON.stringify(shown.definition);
  const isLive = shown !== undefined && shown.number === detail?.live;

  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      toast(messageOf(error), 'bad');
    } finally {
      setBusy(false);
    }
  };
  const take = (next: MappingDetail) => {
    client.setQueryData(['mapping', next.key], next);
    void client.invalidateQueries({ queryKey: ['mappings'] });
  };
  const save = () =>
    act(async () => {
      const definition = kept;
      const next =
        detail === undefined
          ? await call<MappingDetail>('POST', '/api/mappings', { tenant, definition })
          : await call<MappingDetail>('POST', `/api/mappings/${detail.key}/versions`, {
              definition,
              revision: detail.revision,
            });
      take(next);
      setNumber(undefined);
      setDraft(next.versions[0]!.definition);
      toast(t.saved(next.newest));
      if (detail === undefined) navigate(`/mappings/${next.key}${window.location.search}`, { replace: true });
    });
  const move = (to: 'live' | 'retired') =>
    act(async () => {
      if (detail === undefined || shown === undefined) return;
      const next = await call<MappingDetail>('POST', `/api/mappings/${detail.key}/state`, {
        to,
        number: shown.number,
        revision: detail.revision,
      });
      take(next);
      toast(to === 'live' ? t.wentLive(shown.number) : t.retired);
    });
  const remove = () =>
    act(async () => {
      await call('DELETE', `/api/mappings/${detail!.key}`);
      void client.invalidateQueries({ queryKey: ['mappings'] });
      toast(t.removed);
      navigate('/mappings');
    });
  const download = () =>
    act(async () => {
      const query = shown === undefined ? '' : `?version=${shown.number}`;
      const file = await call<MappingExport>('GET', `/api/mappings/${detail!.key}/file${query}`);
      const url = URL.createObjectURL(new Blob([file.yaml], { type: 'application/yaml' }));
      const link = document.createElement('a');
      link.href = url;
      link.download = file.fileName;
      link.click();
      URL.revokeObjectURL(url);
    });

  return (
    <>
      <h1 className="visually-hidden">{draft.name === '' ? t.newTitle : draft.name}</h1>
      <div className="page-head">
        <input
          className={`input ${css.title}`}
          aria-label={t.name}
          placeholder={t.namePlaceholder}
          value={draft.name}
          onChange={(event) => {
            const name = event.target.value;
            const follows = detail === undefined && (draft.id === '' || draft.id === idOf(draft.name));
            setDraft({ ...draft, name, ...(follows ? { id: idOf(name) } : {}) });
          }}
        />
        <input
          className={`input ${css.id}`}
          aria-label={t.id}
          title={t.idHint}
          placeholder="vendor.product"
          disabled={detail !== undefined}
          value={draft.id}
          onChange={(event) => setDraft({ ...draft, id: event.target.value })}
        />
        {detail === undefined ? (
          <select
            className="select"
            aria-label={t.tenant}
            value={tenant ?? ''}
            onChange={(event) => setTenant(event.target.value === '' ? null : event.target.value)}
          >
            {isProvider && <option value="">{t.allTenants}</option>}
            {session.tenants.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </select>
        ) : (
          <>
            <span className="count">{detail.tenant === null ? t.allTenants : nameOf(detail.tenant)}</span>
            <select
              className="select bare"
              aria-label={t.version}
              value={shown?.number}
              onChange={(event) => {
                const next = detail.versions.find((each) => each.number === Number(event.target.value));
                setNumber(next?.number);
                if (next !== undefined) {
                  setDraft(next.definition);
                  setLines(next.definition.samples);
                }
              }}
            >
              {detail.versions.map((each) => (
                <option key={each.number} value={each.number}>
                  {t.versionOption(each.number, each.state, each.author)}
                </option>
              ))}
            </select>
          </>
        )}
        {isDirty && detail !== undefined && <span className="muted small">{t.unsaved}</span>}
        <span className="spring" />
        {detail !== undefined && (
          <button type="button" className="btn quiet" onClick={() => void download()}>
            {t.exportFile}
          </button>
        )}
        {detail !== undefined && mayPublish && detail.live !== null && (
          <button type="button" className="btn quiet" onClick={() => setAsking('retire')}>
            {t.retire}
          </button>
        )}
        {detail !== undefined && mayPublish && detail.live === null && (
          <button type="button" className="btn quiet danger" onClick={() => setAsking('remove')}>
            {t.remove}
          </button>
        )}
        <button
          type="button"
          className={detail === undefined || isDirty ? 'btn primary' : 'btn'}
          disabled={busy || !isDirty || draft.name.trim() === '' || draft.id === ''}
          onClick={() => void save()}
        >
          {t.save}
        </button>
        {mayPublish && (
          <button
            type="button"
            className={detail === undefined || isDirty ? 'btn' : 'btn primary'}
            disabled={busy || isDirty || isLive}
            onClick={() => void move('live')}
          >
            {shown?.state === 'retired' ? t.rollBack(shown.number) : t.goLive}
          </button>
        )}
      </div>
      <Editor
        draft={draft}
        setDraft={setDraft}
        lines={lines}
        setLines={setLines}
        tenant={tenant}
        detail={detail}
        source={ofTenant && ofSource ? { tenant: ofTenant, id: ofSource } : detail?.sources[0]}
      />
      {asking === 'retire' && (
        <Confirm
          title={t.retireTitle}
          text={t.retireText}
          action={t.retire}
          onConfirm={() => {
            setAsking(null);
            void move('retired');
          }}
          onCancel={() => setAsking(null)}
        />
      )}
      {asking === 'remove' && (
        <Confirm
          title={t.removeTitle}
          text={t.removeText}
          action={t.remove}
          onConfirm={() => {
            setAsking(null);
            void remove();
          }}
          onCancel={() => setAsking(null)}
        />
      )}
    </>
  );
}
