import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import type { TenantProfile } from '@vigie/contracts/api';
import { call } from '../api/client.ts';
import { codeOf, messageOf } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { toast } from '../ui/toaster.tsx';
import { clientQueries } from './queries.ts';
import { t } from './strings.ts';

/** Saves a tenant's profile. */
export function useSaveProfile(tenant: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (profile: TenantProfile) =>
      call<TenantProfile>('PUT', `/api/tenants/${tenant}/profile`, profile),
    onSuccess: (saved) => {
      client.setQueryData(clientQueries.profile(tenant).queryKey, saved);
      toast(ui.saved);
    },
  });
}

/** The button that saves, whether something is unsaved, and why it could not be saved. */
export function SaveBar(props: {
  dirty: boolean;
  valid: boolean;
  mayEdit: boolean;
  save: Pick<UseMutationResult<unknown, Error, never>, 'isPending' | 'error'>;
}) {
  const { save, dirty } = props;
  return (
    <>
      {save.error !== null && (
        <p className="notice bad" role="alert">
          {messageOf(save.error)} <code>{codeOf(save.error)}</code>
        </p>
      )}
      {props.mayEdit && (
        <div className="row">
          <button type="submit" className="btn primary" disabled={!dirty || !props.valid || save.isPending}>
            {ui.save}
          </button>
          {dirty && <span className="small muted">{t.unsaved}</span>}
        </div>
      )}
    </>
  );
}
