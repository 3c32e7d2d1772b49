import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { MappingDetail, MappingView } from '../api/types.ts';
import { About, PageTitle } from '../plain/plain.tsx';
import { useMay, useScope, useTenantName } from '../session.ts';
import { Icon } from '../ui/icons.tsx';
import { whole } from '../ui/numbers.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './mappings.module.css';
import { t } from './strings.ts';

/** What people have made of their sources' lines. */
export default function Mappings() {
  const mayWrite = useMay('mappings.write');
  return mayWrite ? <List /> : <Empty title={t.forbidden} />;
}

function List() {
  const [, navigate] = useLocation();
  const { tenant } = useScope();
  const client = useQueryClient();
  const file = useRef<HTMLInputElement>(null);
  const query = useQuery(queries.mappings());
  const make = () => navigate('/mappings/new');
  useShortcuts(t.title, [{ keys: 'n', label: t.help.make, run: make }]);
  const read = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    try {
      const body = { tenant: tenant ?? null, yaml: await chosen.text(), note: chosen.name };
      const detail = await call<MappingDetail>('POST', '/api/mappings/import', body);
      toast(t.imported(detail.id, detail.newest));
      void client.invalidateQueries({ queryKey: ['mappings'] });
      navigate(`/mappings/${detail.key}`);
    } catch (error) {
      toast(messageOf(error), 'bad');
    }
  };
  const items = (query.data?.items ?? []).filter(
    (each) => tenant === undefined || each.tenant === null || each.tenant === tenant,
  );
  const button = (
    <button type="button" className="btn primary" onClick={make}>
      <Icon name="plus" size={13} /> {t.make}
    </button>
  );
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle path="/mappings">{t.title}</PageTitle>
        {query.data !== undefined && <span className="count">{t.count(items.length)}</span>}
        <span className="spring" />
        <input
          ref={file}
          type="file"
          accept=".yml,.yaml"
          hidden
          aria-label={t.importFile}
          onChange={(event) => {
            void read(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        <button type="button" className="btn" onClick={() => file.current?.click()}>
          {t.importFile}
        </button>
        {button}
      </div>
      <About path="/mappings" />
      {query.isPending ? (
        <SkeletonRows rows={5} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t.emptyTitle}>
          <p>{t.emptyText}</p>
          {button}
        </Empty>
      ) : (
        <Table items={items} />
      )}
    </div>
  );
}

function Table({ items }: { items: readonly MappingView[] }) {
  const nameOf = useTenantName();
  return (
    <table className={`grid ${css.list}`}>
      <thead>
        <tr>
          <th scope="col">{t.columns.name}</th>
          <th scope="col">{t.columns.tenant}</th>
          <th scope="col">{t.columns.live}</th>
          <th scope="col" className={css.wide}>
            {t.columns.sources}
          </th>
          <th scope="col" className="num">
            {t.columns.read}
          </th>
          <th scope="col" className={`num ${css.wide}`}>
            {t.columns.misfits}
          </th>
          <th scope="col" className={`num ${css.wide}`}>
            {t.columns.failed}
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={item.key} data-testid="mapping-row">
            <td>
              <Link href={`/mappings/${item.key}`} className={css.name}>
                {item.name}
              </Link>
              <div className="hint">
                {item.id} · {t.fields.formats[item.format as keyof typeof t.fields.formats] ?? item.format}
              </div>
            </td>
            <td>{item.tenant === null ? <strong>{t.allTenants}</strong> : nameOf(item.tenant)}</td>
            <td>
              {item.live === null ? <span className="muted">{t.draft}</span> : t.live(item.live, item.newest)}
            </td>
            <td className={css.wide}>
              {item.sources.length === 0 ? (
                <span className="muted">–</span>
              ) : (
                item.sources.map(({ name }) => name).join(', ')
              )}
            </td>
            <td className="num">{whole(item.figures.read)}</td>
            <Count value={item.figures.misfits.reduce((sum, { times }) => sum + times, 0)} />
            <Count value={item.figures.failed + item.figures.refused} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Count({ value }: { value: number }) {
  return (
    <td className={`num ${css.wide}`} data-bad={value > 0 || undefined}>
      {value === 0 ? <span className="muted">0</span> : whole(value)}
    </td>
  );
}
