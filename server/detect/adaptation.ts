import type {
  ParsedRules,
  Placeholders,
  SigmaCorrelation,
  SigmaFilter,
  SigmaIssue,
  SigmaRule,
} from '@vigie/sigma';
import {
  applyPipelines,
  type Pipeline,
  type PipelineChange,
  type PipelineIssue,
  parsePipeline,
} from '@vigie/sigma/pipeline/index.ts';

/** A processing pipeline as it was given: pySigma's YAML. */
export interface PipelineText {
  /** Name of the import whose rules it adapts; null: all rules but the shipped ones. */
  readonly origin: string | null;
  readonly name: string;
  readonly text: string;
}

/** How rules are adapted to this installation before they are compiled. Plain data, so that threads can be told. */
export interface Adaptation {
  readonly pipelines: readonly PipelineText[];
  /** Values of placeholders (`expand`) by name, as Sigma strings; they come before the pipelines' own. */
  readonly placeholders: Placeholders;
}

/** Rules stay as they are written. */
export const NO_ADAPTATION: Adaptation = { pipelines: [], placeholders: {} };

type Document = SigmaRule | SigmaCorrelation | SigmaFilter;

/** What became of the documents of one origin. */
export interface Adapted {
  /** Given → made; without those that a pipeline refused. */
  readonly made: ReadonlyMap<Document, Document>;
  readonly refused: ReadonlyMap<Document, SigmaIssue>;
  /** Made → the steps that changed it. */
  readonly changes: ReadonlyMap<Document, readonly PipelineChange[]>;
}

/** Origin of the rules that come with the platform: they are written for it, and no pipeline adapts them. */
export const SHIPPED = 'vigie';
/** What the step that fills placeholders is called. */
const FILL = 'placeholders';

/** Pipelines that can't be used: half a pipeline would give wrong rules. */
export class PipelineTextError extends Error {
  readonly code = 'VIGIE_DETECT_PIPELINE';
  readonly problems: readonly { readonly name: string; readonly issue: PipelineIssue }[];

  constructor(problems: PipelineTextError['problems']) {
    super(
      problems
        .map(
          ({ name, issue }) =>
            `pipeline ${name}${issue.line === undefined ? '' : `:${issue.line}`}: ${issue.message}`,
        )
        .join('\n'),
    );
    this.name = 'PipelineTextError';
    this.problems = problems;
  }
}

/** Applies pipelines and fills placeholders, by the origin of rules. */
export class Adapter {
  readonly #pipelines: readonly { readonly origin: string | null; readonly pipeline: Pipeline }[];
  readonly #placeholders: Placeholders;

  /** @throws {@link PipelineTextError} with everything that is wrong in the pipelines */
  constructor({ pipelines, placeholders }: Adaptation) {
    const problems: { name: string; issue: PipelineIssue }[] = [];
    this.#placeholders = placeholders;
    this.#pipelines = pipelines.flatMap(({ origin, name, text }) => {
      const { pipeline, errors } = parsePipeline(text, { file: name });
      problems.push(...errors.map((issue) => ({ name, issue })));
      // Its file is what the operator knows it by; a name in the text may be anybody's.
      return pipeline === undefined || errors.length > 0 ? [] : [{ origin, pipeline: { ...pipeline, name } }];
    });
    if (problems.length > 0) throw new PipelineTextError(problems);
  }

  /** The pipelines that adapt rules of an origin, in the order in which they are applied. */
  pipelinesOf(origin: string): readonly Pipeline[] {
    if (origin === SHIPPED) return [];
    return this.#pipelines
      .filter((one) => one.origin === null || one.origin === origin)
      .map(({ pipeline }) => pipeline)
      .sort((a, b) => a.priority - b.priority);
  }

  /** Whether documents with this text can be changed at all. */
  concerns(origin: string, text: string): boolean {
    return this.pipelinesOf(origin).length > 0 || text.includes('expand');
  }

  /** Adapts documents of one origin; give those together that refer to each other. */
  adapt(origin: string, documents: readonly Document[]): Adapted {
    const own = this.pipelinesOf(origin);
    const vars = {
      ...Object.assign({}, ...own.map((pipeline) => pipeline.vars)),
      ...this.#placeholders,
    } as Placeholders;
    const { made, errors, changes } = applyPipelines(documents, [...own, fill(vars, this.#placeholders)]);
    return {
      made,
      refused: new Map(
        errors.map(({ document, line, message }) => [
          document,
          {
            ...(document.file === undefined ? {} : { file: document.file }),
            ...(line === undefined ? {} : { line }),
            code: 'pipeline' as const,
            message,
          },
        ]),
      ),
      changes,
    };
  }

  /** What {@link adapt} makes of a parsed text; what a pipeline refuses is among its errors. */
  adaptText(origin: string, parsed: ParsedRules): ParsedRules {
    const { made, refused } = this.adapt(origin, [
      ...parsed.rules,
      ...parsed.correlations,
      ...parsed.filters,
    ]);
    const kept = <Kind extends Document>(documents: readonly Kind[]) =>
      documents.flatMap((document) => (made.get(document) as Kind | undefined) ?? []);
    return {
      rules: kept(parsed.rules),
      correlations: kept(parsed.correlations),
      filters: kept(parsed.filters),
      errors: [...parsed.errors, ...refused.values()],
    };
  }
}

/**
 * The last step: values for the placeholders that no pipeline has replaced. One without a value is left, and the
 * compiler says so. The operator's values come before those in pipelines, so they also win in pipelines' own steps.
 */
function fill(vars: Placeholders, operators: Placeholders): Pipeline {
  const none = { conditions: new Map<string, never>(), join: 'and' as const, negated: false };
  return {
    name: FILL,
    priority: Number.POSITIVE_INFINITY,
    vars: operators,
    items: [
      {
        position: { line: 1, column: 1 },
        transformation: { type: 'value_placeholders', include: Object.keys(vars) },
        ruleConditions: none,
        itemConditions: none,
        fieldConditions: none,
      },
    ],
  };
}
