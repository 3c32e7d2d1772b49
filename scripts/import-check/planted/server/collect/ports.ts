export interface CollectPort {
  readonly name: string;
}
