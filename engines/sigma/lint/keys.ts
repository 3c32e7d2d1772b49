import { child, type YamlMap } from '../yaml.ts';
import { mostSimilar } from './similar.ts';
import type { LintSource } from './source.ts';

/**
 * Reports the keys of a map that the specification does not know: tools pass over them in silence, so that a
 * misspelt one changes what a rule means.
 *
 * @param known keys it may have
 * @param unlike what is said of a key that resembles none of them
 */
export function lintKeys(
  map: YamlMap,
  known: readonly string[],
  unlike: (key: string) => string,
  source: LintSource,
): void {
  for (const { key, position } of map.entries) {
    if (known.includes(key)) continue;
    const meant = mostSimilar(key, known);
    if (meant === undefined) source.report('info', 'attribute_custom', unlike(key), position);
    else
      source.report('error', 'attribute_misspelt', `${key} is no attribute; ${meant}?`, position, {
        title: `rename to ${meant}`,
        safe: child(map, meant) === undefined,
        edits: source.replace(position, key, meant),
      });
  }
}
