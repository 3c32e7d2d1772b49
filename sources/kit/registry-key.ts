import type { EcsFields } from '@vigie/contracts';

const HIVES: readonly (readonly [prefix: string, hive: string])[] = [
  ['HKEY_LOCAL_MACHINE', 'HKLM'],
  ['HKEY_CLASSES_ROOT', 'HKCR'],
  ['HKEY_CURRENT_USER', 'HKCU'],
  ['HKEY_CURRENT_CONFIG', 'HKCC'],
  ['HKEY_USERS', 'HKU'],
  ['\\REGISTRY\\MACHINE', 'HKLM'],
  ['\\REGISTRY\\USER', 'HKU'],
  ['MACHINE', 'HKLM'],
  ['USER', 'HKU'],
  ['HKLM', 'HKLM'],
  ['HKCR', 'HKCR'],
  ['HKCU', 'HKCU'],
  ['HKCC', 'HKCC'],
  ['HKU', 'HKU'],
];

/**
 * Writes a registry key in ECS's parts: `registry.hive` in its short name, `registry.key` without the hive,
 * `registry.value`, and the whole `registry.path`.
 *
 * @param path the key, in the spelling of Windows, of its kernel or of a sensor (`MACHINE\SOFTWARE\…`)
 * @param value name of the value in that key
 */
export function putRegistryKey(doc: EcsFields, path: string | undefined, value?: string): void {
  if (path === undefined || path === '' || path === '-') return;
  const upper = path.slice(0, 24).toUpperCase();
  const found = HIVES.find(
    ([prefix]) =>
      upper.startsWith(prefix) && (path.length === prefix.length || path.charCodeAt(prefix.length) === 92),
  );
  const key = found === undefined ? path : path.slice(found[0].length + 1);
  if (found !== undefined) doc['registry.hive'] = found[1];
  if (key !== '') doc['registry.key'] = key;
  if (value !== undefined && value !== '') doc['registry.value'] = value;
  const whole = value === undefined || value === '' ? key : `${key}\\${value}`;
  const full = found === undefined ? whole : whole === '' ? found[1] : `${found[1]}\\${whole}`;
  if (full !== '') doc['registry.path'] = full;
}
