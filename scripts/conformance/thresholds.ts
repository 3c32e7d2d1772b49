/** The least a figure may be, and why it is not higher. */
export interface Floor {
  readonly atLeast: number;
  readonly reason: string;
}

export const THRESHOLDS: Readonly<Record<string, Floor>> = {};
