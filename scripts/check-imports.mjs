// `npm run imports`: which module may import which (.dependency-cruiser.cjs), over the whole tree.
//
// A checker that sees nothing passes everything: with a compiler it does not know, dependency-cruiser reads
// no TypeScript and still succeeds. So it first has to refuse what is planted in import-check/planted: every
// file there marked `// refused: <rule>`, and nothing else. Then every source file on disk has to be among
// the modules it read.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import './generate.mjs';

const root = join(import.meta.dirname, '..');
const planted = join(import.meta.dirname, 'import-check', 'planted');
const { forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const { enhancedResolveOptions, tsConfig, ...cruiseOptions } = options;
/** A tree of this size has far more; fewer means that most of it was not seen. */
const FEWEST_MODULES = 100;
const FOLDERS = [
  'contracts',
  'engines',
  'sources',
  'responses',
  'detections',
  'server',
  'cli',
  'client',
  'console',
  'agent',
  'scenarios',
  'scripts',
  'bench',
  'test',
];

async function check(baseDir) {
  const folders = FOLDERS.filter((folder) => existsSync(join(baseDir, folder)));
  const { output } = await cruise(
    folders,
    { ...cruiseOptions, ruleSet: { forbidden }, validate: true, baseDir },
    enhancedResolveOptions,
    { tsConfig: extractTSConfig(join(root, tsConfig.fileName)) },
  );
  return { folders, modules: output.modules, violations: output.summary.violations };
}

/** Source files below a folder, relative to `base`, with forward slashes. */
function* sourceFiles(base, folder) {
  for (const entry of readdirSync(join(base, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (entry.name !== 'node_modules' && entry.name !== 'dist' && join(base, path) !== planted)
        yield* sourceFiles(base, path);
    } else if (/\.(tsx?|mjs)$/.test(entry.name)) yield path;
  }
}

const problems = [];

// What is planted must be refused.
{
  const { folders, violations } = await check(planted);
  const found = new Set(violations.map((v) => `${v.rule.name} in ${v.from}`));
  const proven = new Set();
  const expected = new Set();
  for (const file of folders.flatMap((folder) => [...sourceFiles(planted, folder)])) {
    const rule = /^\/\/ refused: ([a-z-]+)/.exec(readFileSync(join(planted, file), 'utf8'))?.[1];
    if (rule === undefined) continue;
    proven.add(rule);
    expected.add(`${rule} in ${file}`);
  }
  for (const line of expected) if (!found.has(line)) problems.push(`planted, but not refused: ${line}`);
  for (const line of found)
    if (!expected.has(line)) problems.push(`refused, but allowed by ARCHITECTURE.md: ${line} (planted)`);
  for (const { name } of forbidden)
    if (!proven.has(name))
      problems.push(`rule ${name} has no planted violation in ${relative(root, planted)}`);
  process.stdout.write(`${expected.size} planted violations of ${proven.size} rules, `);
}

// The tree itself.
{
  const { folders, modules, violations } = await check(root);
  const seen = new Set(modules.map((m) => m.source));
  const files = folders.flatMap((folder) => [...sourceFiles(root, folder)]);
  const unseen = files.filter((file) => !seen.has(file));
  if (files.length < FEWEST_MODULES) problems.push(`only ${files.length} source files found`);
  if (unseen.length > 0)
    problems.push(`${unseen.length} source files were not read: ${unseen.slice(0, 5).join(', ')} …`);
  for (const { rule, from, to, cycle } of violations) {
    const why = forbidden.find((known) => known.name === rule.name)?.comment ?? '';
    const path = cycle === undefined ? to : cycle.map((step) => step.name).join(' → ');
    problems.push(`${from} → ${path}\n    ${rule.name}: ${why}`);
  }
  process.stdout.write(`${files.length} source files checked\n`);
}

for (const problem of problems) process.stdout.write(`\n  ${problem}\n`);
if (problems.length > 0) {
  process.stdout.write(`\n${problems.length} problems\n`);
  process.exitCode = 1;
}
