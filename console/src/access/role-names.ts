import type { Role } from '../api/types.ts';
import { translated } from '../ui/language.ts';

/** What roles are called; apart from the page's texts, because the frame around every page shows one. */
export const roleNames = translated<Readonly<Record<Role, string>>>({
  en: {
    'provider-administrator': 'Provider administrator',
    'detection-engineer': 'Detection engineer',
    'soc-manager': 'SOC manager',
    analyst: 'Analyst',
    'client-administrator': 'Client administrator',
    'client-responder': 'Client responder',
    'client-reader': 'Client reader',
    auditor: 'Auditor',
  },
  fr: {
    'provider-administrator': 'Administrateur du prestataire',
    'detection-engineer': 'Ingénieur de détection',
    'soc-manager': 'Responsable du SOC',
    analyst: 'Analyste',
    'client-administrator': 'Administrateur du client',
    'client-responder': 'Intervenant du client',
    'client-reader': 'Lecteur du client',
    auditor: 'Auditeur',
  },
  it: {
    'provider-administrator': 'Amministratore del fornitore',
    'detection-engineer': 'Detection engineer',
    'soc-manager': 'Responsabile del SOC',
    analyst: 'Analista',
    'client-administrator': 'Amministratore del cliente',
    'client-responder': 'Referente operativo del cliente',
    'client-reader': 'Lettore del cliente',
    auditor: 'Auditor',
  },
  nl: {
    'provider-administrator': 'Beheerder van de dienstverlener',
    'detection-engineer': 'Detectie-engineer',
    'soc-manager': 'SOC-manager',
    analyst: 'Analist',
    'client-administrator': 'Beheerder van de klant',
    'client-responder': 'Behandelaar bij de klant',
    'client-reader': 'Lezer van de klant',
    auditor: 'Auditor',
  },
  de: {
    'provider-administrator': 'Administrator des Dienstleisters',
    'detection-engineer': 'Detection Engineer',
    'soc-manager': 'SOC-Leitung',
    analyst: 'Analyst',
    'client-administrator': 'Administrator des Kunden',
    'client-responder': 'Bearbeiter beim Kunden',
    'client-reader': 'Leser beim Kunden',
    auditor: 'Auditor',
  },
});
