import type { Whom } from '@vigie/contracts/contacts.ts';

/** Who can have to be told. */
export const en = {
  whom: {
    'client-it': 'IT',
    'client-management': 'Management',
    'client-dpo': 'Data protection officer',
    'client-engineering': 'Engineers (medical, industrial)',
    'client-staff': 'Staff announcements',
    'on-call': 'On call',
    'regulator-liaison': 'Contact for authorities',
    'human-resources': 'Human resources',
    'authority-nis2': 'NIS2 authority or CSIRT',
    'authority-data-protection': 'Data protection authority',
    police: 'Police',
    bank: 'Bank',
    supplier: 'Supplier or partner',
    'cloud-provider': 'Cloud provider',
    'shift-lead': 'Shift lead',
    'persons-concerned': 'Persons concerned',
  } satisfies Record<Whom, string>,
};
/** Texts of one language. */
export type Strings = typeof en;
