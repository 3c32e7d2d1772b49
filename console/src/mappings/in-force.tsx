import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { MappingDetail, MappingFigures, SourceView } from '../api/types.ts';
import { useMay, useTenantName } from '../session.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './mappings.module.css';
import { t } from './strings.ts';

/** Which sources are set to the mapping. */
export function Assign({ detail }: { detail: MappingDetail }) {
  const mayEdit = useMay('mappings.publish');
  const nameOf = useTenantName();
  const client = useQueryClient();
  const sources = useQuery(queries.sources(detail.tenant ?? undefined));
  const others = (sources.data?.items ?? []).filter(({ type }) => type !== detail.id);
  const assign = async (source: SourceView) => {
    try {
      await call('PATCH', `/api/sources/${source.tenant}/${source.id}`, { type: detail.id });
      toast(t.assign.done(source.name));
      void client.invalidateQueries({ queryKey: ['mapping', detail.key] });
      void client.invalidateQueries({ queryKey: ['sources'] });
    } catch (error) {
      toast(messageOf(error), 'bad');
    }
  };
  return (
    <div className={css.block}>
      <h3>{t.assign.title}</h3>
      {detail.sources.length === 0 && <p className="hint">{t.assign.none}</p>}
      <ul>
        {detail.sources.map(({ tenant, id, name }) => (
          <li key={`${tenant}/${id}`} className="small">
            <Link href={`/sources/${tenant}/${id}`}>
              {nameOf(tenant)}: {name}
            </Link>
          </li>
        ))}
      </ul>
      {mayEdit && detail.live !== null && others.length > 0 && (
        <select
          className="select"
          aria-label={t.assign.label}
          value=""
          onChange={(event) => {
            const source = others.find(({ tenant, id }) => `${tenant}/${id}` === event.target.value);
            if (source !== undefined) void assign(source);
          }}
        >
          <option value="">{t.assign.choose}</option>
          {others.map(({ tenant, id, name }) => (
            <option key={`${tenant}/${id}`} value={`${tenant}/${id}`}>
              {nameOf(tenant)}: {name}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

/** What the mapping did since it is live. */
export function Figures({ figures }: { figures: MappingFigures }) {
  return (
    <div className={css.block}>
      <h3>{t.figures.title}</h3>
      <ul className="small">
        <li>{t.figures.read(figures.read)}</li>
        {figures.refused > 0 && <li className={css.warn}>{t.figures.refused(figures.refused)}</li>}
        {(figures.failed > 0 || figures.error !== null) && (
          <li className={css.bad}>{t.figures.failed(figures.failed, figures.error ?? '')}</li>
        )}
        {figures.misfits.map(({ field, member, times, value }) => (
          <li key={`${field} ${member}`} className={css.warn}>
            {t.figures.misfit(times, member, field, value)}
          </li>
        ))}
      </ul>
    </div>
  );
}
