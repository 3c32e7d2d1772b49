/**
 * Names that products of every kind give to the same few values, as a table of members (`fieldTable`, `jsonTable`).
 * Only names that mean one thing wherever they stand; a value that is not of the field's type stays below the
 * format's own prefix. The first of several that mean one field wins.
 */
export const COMMON_NAMES = `
  src_ip                 source                   side
  srcip                  source                   side
  source_ip              source                   side
  sourceip               source                   side
  source_address         source                   side
  source-address         source                   side
  src                    source                   side
  client_ip              source                   side
  clientip               source                   side
  remote_addr            source                   side
  remote_ip              source                   side
  remoteip               source                   side
  remoteaddr             source                   side
  ip_address             source                   side
  ipaddress              source                   side
  src_port               source.port              port
  srcport                source.port              port
  source_port            source.port              port
  source-port            source.port              port
  spt                    source.port              port
  src_mac                source.mac               mac
  srcmac                 source.mac               mac
  dst_ip                 destination              side
  dstip                  destination              side
  dest_ip                destination              side
  destip                 destination              side
  destination_ip         destination              side
  destination_address    destination              side
  destination-address    destination              side
  dst                    destination              side
  server_ip              destination              side
  dst_port               destination.port         port
  dstport                destination.port         port
  dest_port              destination.port         port
  destination_port       destination.port         port
  destination-port       destination.port         port
  dpt                    destination.port         port
  dst_mac                destination.mac          mac
  dstmac                 destination.mac          mac
  proto                  network.transport        transport
  transport              network.transport        transport
  username               user                     account
  user_name              user                     account
  user                   user                     account
  account                user                     account
  login                  user                     account
  srcuser                user                     account
  user_id                user.id                  text
  userid                 user.id                  text
  hostname               host.name                domain
  host_name              host.name                domain
  computer               host.name                domain
  computername           host.name                domain
  url                    url                      url
  request_url            url                      url
  user_agent             user_agent.original      text
  useragent              user_agent.original      text
  user-agent             user_agent.original      text
  command_line           process.command_line     text
  commandline            process.command_line     text
  pid                    process.pid              long
  level                  log.level                lower
  loglevel               log.level                lower
  log_level              log.level                lower
  logger                 log.logger               text
  action                 event.action             text+
  event_type             event.action             text+
  error_code             error.code               text
  request_id             http.request.id          text
  requestid              http.request.id          text
  trace_id               trace.id                 text
  message                message                  text
  msg                    message                  text
`;

/** Names of the time, in the order in which they are believed. */
export const TIME_NAMES = [
  '@timestamp',
  'timestamp',
  'time',
  'datetime',
  'date_time',
  'eventtime',
  'event_time',
  'created_at',
  'createdat',
  'created',
  'ts',
  'date',
] as const;
