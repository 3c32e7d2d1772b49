const TYPES: readonly (readonly [word: string, type: string])[] = [
  ['ipados', 'ios'],
  ['iphone', 'ios'],
  ['ipad', 'ios'],
  ['macos', 'macos'],
  ['mac os', 'macos'],
  ['mac', 'macos'],
  ['darwin', 'macos'],
  ['osx', 'macos'],
  ['os x', 'macos'],
  ['windows', 'windows'],
  ['win', 'windows'],
  ['android', 'android'],
  ['ios', 'ios'],
  ['linux', 'linux'],
  ['ubuntu', 'linux'],
  ['debian', 'linux'],
  ['centos', 'linux'],
  ['red hat', 'linux'],
  ['redhat', 'linux'],
  ['rhel', 'linux'],
  ['suse', 'linux'],
  ['fedora', 'linux'],
  ['oracle linux', 'linux'],
  ['amazon linux', 'linux'],
  ['rocky', 'linux'],
  ['alma', 'linux'],
  ['kylin', 'linux'],
  ['solaris', 'unix'],
  ['aix', 'unix'],
  ['unix', 'unix'],
  ['bsd', 'unix'],
];

/**
 * The family of an operating system in the words of ECS's `host.os.type`, from the name that a product gives it
 * (`Windows 10 Pro`, `MacOSX`, `Ubuntu 22.04`); `undefined` where the name says none.
 */
export function osTypeOf(name: string): string | undefined {
  const lower = name.slice(0, 128).toLowerCase();
  for (const [word, type] of TYPES) if (lower.startsWith(word)) return type;
  for (const [word, type] of TYPES) if (word.length > 3 && lower.includes(word)) return type;
  return undefined;
}
