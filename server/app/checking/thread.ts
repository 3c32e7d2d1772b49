/** Entry of the thread that checks rules (`dist/check-thread.js`). */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Adapter, buildRuleSet, NO_ADAPTATION, ParsedFiles, type RuleSet } from '../../detect/index.ts';
import { loadAttack } from '../attack.ts';
import { RuleChecker } from '../rule-check.ts';
import { createRuleChecks } from '../rule-checks.ts';
import { readShipped } from '../shipped.ts';
import type { CheckThreadOptions, FromCheckThread, ToCheckThread } from './protocol.ts';

const port = parentPort!;
const { installation } = workerData as CheckThreadOptions;
const { taxonomy, parsed: ahead } = readShipped(installation);
const attack = loadAttack(join(installation, 'detections'));
const parsed = new ParsedFiles(ahead);
let told: Extract<ToCheckThread, { type: 'rules' }> = { type: 'rules', files: [], adaptation: NO_ADAPTATION };
let set: RuleSet | undefined;

/** Most changes of the rules are followed by another one before anybody checks a text. */
function rulesInForce(): RuleSet {
  set ??= buildRuleSet(
    told.files,
    taxonomy,
    // A rule in force that throws is the live stream's to tell.
    () => undefined,
    parsed.parser(),
    new Adapter(told.adaptation),
  );
  return set;
}
const checker = new RuleChecker({ taxonomy, attack, set: rulesInForce, installation });
const checks = createRuleChecks(checker, taxonomy);

const answer = (message: FromCheckThread) => port.postMessage(message);
port.on('message', (message: ToCheckThread) => {
  if (message.type === 'rules') {
    told = message;
    set = undefined;
    return;
  }
  const { job, method, args } = message;
  const work = checks[method] as (...args: readonly unknown[]) => Promise<unknown>;
  rulesInForce();
  answer({ job, begun: true });
  work(...args).then(
    (result) => answer({ job, result }),
    (error: unknown) => answer({ job, error: error instanceof Error ? error.message : String(error) }),
  );
});
