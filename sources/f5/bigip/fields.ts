import { cefTable } from '../../kit/cef-fields.ts';

/** Prefix of what has no ECS field. */
export const VENDOR = 'f5.bigip.';

/** Keys of ASM, AFM, PSM and DoS records in CEF; custom columns stand under their labels. */
export const TABLE = cefTable(
  VENDOR,
  `
  policy_name               rule.ruleset               text
  response_code             http.response.status_code  long
  attack_type               rule.category              text
  violations                event.reason               text
  violation_details         event.reason               text
  sub_violations            f5.bigip.sub_violations    text
  x_forwarded_for_header_value  network.forwarded_ip   own
  source_address            source                     side
  destination_address       destination                side
  device_address            observer.ip                ip
  geo_location              source.geo.name            own
  suid                      source.user.id             text
  deviceExternalId          f5.bigip.device_id         text
  externalId                event.id                   text
  app                       network.protocol           lower
  request                   url.original               own
  msg                       message                    own
  vlan                      network.vlan.name          text
`,
);
