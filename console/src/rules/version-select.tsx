import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries.ts';
import type { RuleDetail } from '../api/types.ts';
import { useMayForAll } from '../session.ts';
import { SelectField } from '../ui/fields.tsx';
import { t } from './strings.ts';

/** The rule in force or one of its versions; nothing to choose where there are none. */
export function VersionSelect(props: {
  rule: RuleDetail;
  value: number | null;
  onChange: (version: number | null) => void;
}) {
  const provider = useMayForAll('rules.read');
  const query = useQuery({
    ...queries.ruleVersions(props.rule.id),
    enabled: provider && props.rule.versions !== null,
  });
  const versions = query.data?.versions ?? [];
  if (versions.length === 0) return null;
  return (
    <SelectField
      label={t.explain.version}
      value={props.value ?? ''}
      onChange={(event) => props.onChange(event.target.value === '' ? null : Number(event.target.value))}
    >
      {isInForce(props.rule) && <option value="">{t.explain.inForce}</option>}
      {versions.map((each) => (
        <option key={each.number} value={each.number}>
          {t.explain.numbered(each.number, t.versions.word[each.state])}
        </option>
      ))}
    </SelectField>
  );
}

/** Whether some text of the rule is in force; else only its versions can be held against events. */
export function isInForce({ state }: RuleDetail): boolean {
  return state === 'live' || state === 'unmapped' || state === 'rejected';
}

/** The version to begin with: null for what is in force. */
export function firstVersion(rule: RuleDetail): number | null {
  return isInForce(rule) ? null : (rule.versions?.newest ?? null);
}
