import fc from 'fast-check';

/**
 * Property-based tests draw the same values in every run, so that a change is judged by what it changed. Others are
 * drawn with VIGIE_FUZZ_SEED, a number, or `random` for a new one in each file; a failure prints the seed it had.
 */
const asked = process.env['VIGIE_FUZZ_SEED'] ?? '20261201';
if (asked !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(asked) });
