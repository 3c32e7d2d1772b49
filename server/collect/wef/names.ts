/** Namespaces and addresses of WS-Management as Windows speaks it (DSP0226, MS-WSMV 2.2 and 3.1.4). */
export const NS = {
  soap: 'http://www.w3.org/2003/05/soap-envelope',
  addressing: 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  enumeration: 'http://schemas.xmlsoap.org/ws/2004/09/enumeration',
  eventing: 'http://schemas.xmlsoap.org/ws/2004/08/eventing',
  wsman: 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd',
  microsoft: 'http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd',
  machine: 'http://schemas.microsoft.com/wbem/wsman/1/machineid',
  subscription: 'http://schemas.microsoft.com/wbem/wsman/1/subscription',
  fault: 'http://schemas.microsoft.com/wbem/wsman/1/wsmanfault',
  policy: 'http://schemas.xmlsoap.org/ws/2002/12/policy',
  authentication: 'http://schemas.microsoft.com/wbem/wsman/1/authentication',
  instance: 'http://www.w3.org/2001/XMLSchema-instance',
} as const;

/** What a message asks for or answers (`wsa:Action`). */
export const ACTION = {
  enumerate: `${NS.enumeration}/Enumerate`,
  enumerated: `${NS.enumeration}/EnumerateResponse`,
  subscribe: `${NS.eventing}/Subscribe`,
  subscriptionEnd: `${NS.eventing}/SubscriptionEnd`,
  events: 'http://schemas.dmtf.org/wbem/wsman/1/wsman/Events',
  heartbeat: 'http://schemas.dmtf.org/wbem/wsman/1/wsman/Heartbeat',
  acknowledge: 'http://schemas.dmtf.org/wbem/wsman/1/wsman/Ack',
  end: 'http://schemas.microsoft.com/wbem/wsman/1/wsman/End',
  fault: 'http://schemas.dmtf.org/wbem/wsman/1/wsman/fault',
} as const;

/** The answer goes back on the connection on which the question came. */
export const ANONYMOUS = `${NS.addressing}/role/anonymous`;
/** What a subscription is about. */
export const EVENT_LOG = 'http://schemas.microsoft.com/wbem/wsman/1/windows/EventLog';
/** The language of event queries. */
export const EVENT_QUERY = 'http://schemas.microsoft.com/win/2004/08/events/eventquery';
/** How machines prove who they are when they deliver: TLS with a certificate on both sides. */
export const MUTUAL_TLS = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual';
/** The bookmark that stands before all events of a machine. */
export const EARLIEST = 'http://schemas.dmtf.org/wbem/wsman/1/wsman/bookmark/earliest';
