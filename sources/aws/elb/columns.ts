/** Columns of the four formats, in the order of AWS's documentation; newer ones are at the end. */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Access log of an Application Load Balancer. */
export const APPLICATION = words(`
  type time elb client target request_processing_time target_processing_time response_processing_time
  elb_status_code target_status_code received_bytes sent_bytes request user_agent ssl_cipher ssl_protocol
  target_group_arn trace_id domain_name chosen_cert_arn matched_rule_priority request_creation_time
  actions_executed redirect_url error_reason target_port_list target_status_code_list classification
  classification_reason conn_trace_id transformed_host transformed_uri request_transform_status
`);

/** Connection log of an Application Load Balancer. */
export const CONNECTION = words(`
  time client_ip client_port listener_port tls_protocol tls_cipher tls_handshake_latency
  leaf_client_cert_subject leaf_client_cert_validity leaf_client_cert_serial_number tls_verify_status
  conn_trace_id tls_keyexchange
`);

/** TLS connections of a Network Load Balancer, version 2.0. */
export const NETWORK = words(`
  type version time elb listener client destination connection_time tls_handshake_time received_bytes
  sent_bytes incoming_tls_alert chosen_cert_arn chosen_cert_serial tls_cipher tls_protocol_version
  tls_named_group domain_name alpn_fe_protocol alpn_be_protocol alpn_client_preference_list
  tls_connection_creation_time
`);

/** Access log of a Classic Load Balancer. */
export const CLASSIC = words(`
  time elb client target request_processing_time target_processing_time response_processing_time
  elb_status_code target_status_code received_bytes sent_bytes request user_agent ssl_cipher ssl_protocol
`);
