export function* html(..._args: unknown[]): Generator<string> {
  yield '';
}
