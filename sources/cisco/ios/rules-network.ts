import type { MessageRule } from '../_shared/messages.ts';
import {
  ATTACK,
  DROPPED,
  HOST,
  LOGIN,
  LOGIN_FAILED,
  NETWORK,
  ROUTING,
  ROUTING_REFUSED,
  TRAFFIC,
} from './meanings.ts';

/** Traffic, ports that defend themselves, links and routing, by facility and mnemonic. */
export const NETWORK_RULES: readonly MessageRule[] = [
  // Access lists
  [
    'SEC-IPACCESSLOGP IPV6_ACL-ACCESSLOGP FMANFP-IPACCESSLOGP IPACCESSLOGP',
    TRAFFIC,
    'list {list} {verdict} {transport} {source} -> {destination}, {packets} packet{?}',
  ],
  [
    'SEC-IPACCESSLOGDP IPV6_ACL-ACCESSLOGDP FMANFP-IPACCESSLOGDP IPACCESSLOGDP',
    TRAFFIC,
    'list {list} {verdict} {transport} {source} -> {icmp_target}, {packets} packet{?}',
  ],
  [
    'SEC-IPACCESSLOGNP SEC-IPACCESSLOGRP IPV6_ACL-ACCESSLOGNP FMANFP-IPACCESSLOGNP IPACCESSLOGNP IPACCESSLOGRP',
    TRAFFIC,
    'list {list} {verdict} {transport} {source} -> {destination}, {packets} packet{?}',
  ],
  ['SEC-IPACCESSLOGS IPACCESSLOGS', TRAFFIC, 'list {list} {verdict} {source} {packets} packet{?}'],
  ['SEC-IPACCESSLOGRL IPACCESSLOGRL', NETWORK],
  [
    'ACLLOG-ACLLOG_FLOW_INTERVAL ACLLOG-ACLLOG_NEW_FLOW',
    TRAFFIC,
    'Src IP: {source}, Dst IP: {destination}, Src Port: {source_port}, Dst Port: {destination_port}, Src Intf: {interface}, Protocol: "{transport}"({}), ACL Name: {list}, ACE Action: {verdict}, {?}',
    'Src IP: {source}, Dst IP: {destination}, Src Port: {source_port}, Dst Port: {destination_port}, Src Intf: {interface}, Protocol: "{transport}"({}), {?}',
  ],
  [
    'FW-DROP_PKT',
    DROPPED,
    'Dropping {transport} session {source} {destination} on zone-pair {list} class {} due to  {reason} with ip ident {?}',
    'Dropping {transport} session {source} {destination} due to {reason} with ip ident {?}',
    'Dropping {transport} session {source} {destination} {?}',
    'Dropping {transport} pkt {source} => {destination}',
  ],
  [
    'FW-SESS_AUDIT_TRAIL_START',
    { category: ['network'], type: ['connection', 'start'] },
    '(target:class)-({list}):Start {} session: initiator ({source}) -- responder ({destination})',
    'Start {} session: initiator ({source}) -- responder ({destination})',
  ],
  [
    'FW-SESS_AUDIT_TRAIL',
    { category: ['network'], type: ['connection', 'end'] },
    '(target:class)-({list}):Stop {} session: initiator ({source}) sent {} bytes -- responder ({destination}) sent {} bytes',
    'Stop {} session: initiator ({source}) sent {} bytes -- responder ({destination}) sent {} bytes',
  ],
  // Attacks, spoofing, ports that defend themselves
  [
    'IPS-SIGNATURE',
    ATTACK,
    'Sig:{signature_id} Subsig:{} Sev:{signature_severity} {signature} [{source} -> {destination}]{?}',
  ],
  [
    'PORT_SECURITY-PSECURE_VIOLATION',
    DROPPED,
    'Security violation occurred, caused by MAC address {mac} on port {interface}',
  ],
  [
    'PORT_SECURITY-PSECURE_VIOLATION_VLAN',
    DROPPED,
    'Security violation on port {interface} due to MAC address {mac} on VLAN {vlan}',
  ],
  [
    'PORT_SECURITY-PSECURE_VIOLATION_MAC_MOVE',
    DROPPED,
    'Security violation occurred, caused by MAC address {mac} on port {interface} attempting to access port {other_interface}',
  ],
  [
    'DHCP_SNOOPING-DHCP_SNOOPING_MATCH_MAC_FAIL',
    DROPPED,
    "DHCP_SNOOPING drop message because the chaddr doesn't match source mac, message type: {method}, chaddr: {claimed_mac}, MAC sa: {mac}",
  ],
  [
    'DHCP_SNOOPING-DHCP_SNOOPING_UNTRUSTED_PORT',
    DROPPED,
    'DHCP_SNOOPING drop message on untrusted port, message type: {method}, MAC sa: {mac}',
    'DHCP_SNOOPING drop message on untrusted port: {interface}, message type: {method}, MAC sa: {mac}',
  ],
  [
    'DHCP_SNOOPING-DHCP_SNOOPING_FAKE_INTERFACE',
    DROPPED,
    'DHCP_SNOOPING drop message with mismatched source interface, the binding is not updated, message type: {method}, MAC sa: {mac}',
  ],
  [
    'SW_DAI-DHCP_SNOOPING_DENY SW_DAI-ACL_DENY SW_DAI-INVALID_ARP',
    DROPPED,
    '{} Invalid ARPs (Req) on {interface}, vlan {vlan}.([{mac}/{source}/{}/{destination}/{}])',
    '{} Invalid ARPs (Res) on {interface}, vlan {vlan}.([{mac}/{source}/{}/{destination}/{}])',
  ],
  ['SISF-PAK_DROP', DROPPED, 'Message dropped A={source} G={} V={vlan} I={interface} P={} Reason={reason}'],
  [
    'SISF-IP_THEFT SISF-MAC_THEFT SISF-MAC_AND_IP_THEFT',
    DROPPED,
    'IP Theft A={source} V={vlan} MAC={mac} I={interface} {?}',
    'IP Theft A={source} V={vlan} MAC={mac} I={interface}',
    'IP Theft IP={source} VLAN={vlan} MAC={mac} IF={interface} New {?}',
  ],
  ['IP-DUPADDR', HOST, 'Duplicate address {source} on {interface}, sourced by {mac}'],
  [
    'SW_MATM-MACFLAP_NOTIF MAC_MOVE-NOTIF L2FM-L2FM_MAC_MOVE',
    HOST,
    'Host {mac} in vlan {vlan} is flapping between port {interface} and port {other_interface} {?}',
    'Host {mac} in vlan {vlan} is flapping between port {interface} and port {other_interface}',
  ],
  [
    'SPANTREE-BLOCK_BPDUGUARD SPANTREE_VLAN_SW-BLOCK_BPDUGUARD',
    HOST,
    'Received BPDU on port {interface} with BPDU Guard enabled. Disabling port',
  ],
  [
    'SPANTREE-ROOTGUARD_BLOCK SPANTREE-LOOPGUARD_BLOCK SPANTREE-LOOPGUARD_UNBLOCK',
    HOST,
    'Root guard blocking port {interface} on {vlan}',
    'Loop guard blocking port {interface} on {vlan}',
    'Loop guard unblocking port {interface} on {vlan}',
  ],
  ['PM-ERR_DISABLE', HOST, '{error} error detected on {interface}, putting {} in {state} state'],
  ['PM-ERR_RECOVER', HOST, 'Attempting to recover from {error} {state} state on {interface}'],
  [
    'DOT1X-FAIL DOT1X-FAIL_CLIENT',
    LOGIN_FAILED,
    'Authentication failed for client ({mac}) on Interface {interface} AuditSessionID {session?}',
    'Authentication failed for client ({mac}) with reason ({reason}) on Interface {interface} AuditSessionID {session} Username: {user}',
    'Authentication failed for client ({mac}) with reason ({reason}) on Interface {interface} AuditSessionID {session}',
  ],
  [
    'DOT1X-SUCCESS MAB-SUCCESS SESSION_MGR-SUCCESS AUTHMGR-SUCCESS',
    LOGIN,
    'Authentication successful for client ({mac}) on Interface {interface} AuditSessionID {session}',
    'Authorization succeeded for client ({mac}) on Interface {interface} AuditSessionID {session}',
  ],
  [
    'MAB-FAIL AUTHMGR-FAIL SESSION_MGR-FAIL',
    LOGIN_FAILED,
    'Authentication failed for client ({mac}) on Interface {interface} AuditSessionID {session}',
    'Authorization failed or unapplied for client ({mac}) on Interface {interface} AuditSessionID {session}',
  ],
  [
    'AUTHMGR-START SESSION_MGR-START',
    HOST,
    "Starting '{method}' for client ({mac}) on Interface {interface} AuditSessionID {session}",
  ],
  [
    'AUTHMGR-RESULT',
    HOST,
    "Authentication result '{state}' from '{method}' for client ({mac}) on Interface {interface} AuditSessionID {session}",
  ],
  [
    'AUTHMGR-SECURITY_VIOLATION',
    DROPPED,
    'Security violation on the interface {interface}, new MAC address ({mac}) is seen.{?}',
  ],
  // Links
  [
    'LINEPROTO-UPDOWN LINK-UPDOWN UPDOWN',
    HOST,
    'Line protocol on Interface {interface}, changed state to {state}',
    'Interface {interface}, changed state to {state}',
  ],
  ['LINK-CHANGED', HOST, 'Interface {interface}, changed state to {state}'],
  [
    'ETHPORT-IF_UP ETHPORT-IF_DOWN_ADMIN_DOWN ETHPORT-IF_DOWN_LINK_FAILURE ETHPORT-IF_DOWN_NONE ETHPORT-IF_DOWN_INITIALIZING ETHPORT-IF_DOWN_CFG_CHANGE ETHPORT-IF_DOWN_PORT_CHANNEL_MEMBERS_DOWN ETHPORT-IF_DOWN_INTERFACE_REMOVED ETHPORT-IF_DOWN_OFFLINE ETHPORT-IF_ADMIN_UP',
    HOST,
    'Interface {interface} (description:{}) is {nexus_state}',
    'Interface {interface} is {nexus_state}',
  ],
  [
    'ETHPORT-SPEED ETHPORT-IF_DUPLEX ETHPORT-IF_MTU ETHPORT-IF_BANDWIDTH_CHANGE ETHPORT-IF_RX_FLOW_CONTROL ETHPORT-IF_TX_FLOW_CONTROL',
    HOST,
    'Interface {interface}, {reason}',
  ],
  ['USER-SYSTEM_MSG KERN-SYSTEM_MSG DAEMON-SYSTEM_MSG', HOST],
  [
    'AUTHPRIV-SYSTEM_MSG',
    { category: ['authentication'], type: ['info'] },
    'pam_aaa:Authentication failed for user {failed_user} from {source} - {process}',
    'pam_aaa:Authentication failed from {failed_source} - {process}',
    'Authentication failed from {failed_source} - {process}',
  ],
  // Routing protocols and their signatures
  ['BGP-ADJCHANGE BGP-NBR_RESET ROUTING-BGP-ADJCHANGE', ROUTING, 'neighbor {source} {?}'],
  ['BGP-NOTIFICATION', ROUTING, '{} neighbor {source} {reason}', '{} to neighbor {source} {reason}'],
  ['BGP-MAXPFX BGP-MAXPFXEXCEED', ROUTING],
  [
    'IP-TCP-BADAUTH TCP-BADAUTH',
    ROUTING_REFUSED,
    '{reason} from {source} to {destination} {?}',
    '{reason} from {source} to {destination}',
  ],
  [
    'LDP-NBRCHG LDP-CLEAR_NBRS LDP-GR LDP-SP ROUTING-LDP-NBR_CHANGE',
    ROUTING,
    'LDP Neighbor {source}:{} {?}',
    'Neighbor {source}, {?}',
  ],
  [
    'OSPF-ADJCHG OSPFV3-ADJCHG ROUTING-OSPF-ADJCHG',
    ROUTING,
    'Process {}, Nbr {source} on {interface} from {} to {state}, {reason}',
  ],
  [
    'OSPF-ERRRCV OSPF-NOVALIDKEY',
    ROUTING_REFUSED,
    'Received invalid packet: {reason} from {source}, {interface}',
  ],
  ['DUAL-NBRCHANGE', ROUTING, '{} Neighbor {source} ({interface}) is {state}: {reason}'],
  [
    'HSRP-STATECHANGE HSRP-DUPADDR HSRP-BADAUTH',
    NETWORK,
    '{interface} Grp {} state {} -> {state}',
    'Bad authentication from {source}, group {}, remote state {}',
    'Duplicate address {source} on {interface}, sourced by {mac}',
  ],
  ['CDP-NATIVE_VLAN_MISMATCH CDP-DUPLEX_MISMATCH', HOST],
  [
    'CRYPTO-RECVD_PKT_INV_SPI CRYPTO-RECVD_PKT_NOT_IPSEC CRYPTO-RECVD_PKT_MAC_ERR CRYPTO-IKMP_MODE_FAILURE CRYPTO-IKMP_NO_SA',
    NETWORK,
  ],
  [
    'CRYPTO-SESSION_STATUS',
    { category: ['network', 'session'], type: ['info'] },
    'Crypto tunnel is {state}. Peer {source}:{source_port} {?}',
    'Crypto tunnel is {state}. Peer {source}:{source_port}',
  ],
];
