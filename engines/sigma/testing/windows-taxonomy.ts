import type { Taxonomy } from '../taxonomy.ts';

const SYSMON = 'Microsoft-Windows-Sysmon/Operational';
const sysmonCategory = (category: string, ...codes: string[]) => ({
  product: 'windows',
  category,
  when: [{ 'winlog.channel': SYSMON, 'event.code': codes }],
});

/** Enough of a taxonomy for the invented Windows events of this folder. */
export const WINDOWS_TAXONOMY: Taxonomy = {
  name: 'windows-test',
  logsources: [
    { product: 'windows', when: [{ 'event.module': 'windows' }] },
    { product: 'windows', service: 'sysmon', when: [{ 'winlog.channel': SYSMON }] },
    { product: 'windows', service: 'security', when: [{ 'winlog.channel': 'Security' }] },
    { product: 'windows', service: 'system', when: [{ 'winlog.channel': 'System' }] },
    {
      product: 'windows',
      category: 'process_creation',
      when: [
        { 'winlog.channel': SYSMON, 'event.code': '1' },
        { 'winlog.channel': 'Security', 'event.code': '4688' },
      ],
    },
    sysmonCategory('network_connection', '3'),
    sysmonCategory('driver_load', '6'),
    sysmonCategory('image_load', '7'),
    sysmonCategory('create_remote_thread', '8'),
    sysmonCategory('process_access', '10'),
    sysmonCategory('file_event', '11'),
    sysmonCategory('registry_add', '12'),
    sysmonCategory('registry_delete', '12'),
    sysmonCategory('registry_set', '13'),
    sysmonCategory('registry_event', '12', '13', '14'),
    sysmonCategory('pipe_created', '17', '18'),
    sysmonCategory('dns_query', '22'),
  ],
  fields: [
    {
      product: 'windows',
      map: {
        EventID: 'event.code',
        Provider_Name: 'winlog.provider_name',
        Image: ['process.executable', 'winlog.event_data.Image'],
        CommandLine: ['process.command_line', 'winlog.event_data.CommandLine'],
        CurrentDirectory: 'process.working_directory',
        ParentImage: 'process.parent.executable',
        ParentCommandLine: 'process.parent.command_line',
        OriginalFileName: 'process.pe.original_file_name',
        Description: 'process.pe.description',
        Company: 'process.pe.company',
        Product: 'process.pe.product',
        TargetObject: 'registry.path',
        Details: 'registry.data.strings',
        ImageLoaded: 'dll.path',
        TargetFilename: 'file.path',
        DestinationIp: 'destination.ip',
        DestinationPort: 'destination.port',
        DestinationHostname: 'destination.domain',
        SourceIp: 'source.ip',
        User: 'user.name',
        Initiated: { first: ['network.direction'], values: { true: 'egress', false: 'ingress' } },
      },
      fallback: ['winlog.event_data.{field}'],
    },
  ],
};
