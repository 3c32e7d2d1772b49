/** Configuration of a log shipper, ready to be pasted. */
export interface ShipperSnippet {
  /** Stable id: `rsyslog`, `filebeat`, … */
  readonly shipper: string;
  readonly title: string;
  /** Of the text, for highlighting: `conf`, `yaml`, `toml`, `ini`, `shell`. */
  readonly language: 'conf' | 'yaml' | 'toml' | 'ini' | 'shell';
  readonly text: string;
}
