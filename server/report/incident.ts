import type { IncidentView, Language } from '@vigie/contracts/api';

/** What a report of an incident is made of. Texts of rules are in the report's language already. */
export interface IncidentReport {
  readonly incident: IncidentView;
  readonly organisation: string;
  readonly provider: string;
  readonly language: Language;
  /** IANA name. */
  readonly timeZone: string;
  /** Address of the incident in the console. */
  readonly link: string;
  /** Epoch milliseconds. */
  readonly madeAt: number;
}
