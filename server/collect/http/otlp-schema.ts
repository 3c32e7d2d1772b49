import protobuf from 'protobufjs';

/**
 * OTLP logs v1 as a descriptor: field names and numbers of the OpenTelemetry protocol's messages
 * (`opentelemetry.proto.collector.logs.v1`, `…logs.v1`, `…common.v1`, `…resource.v1`) and `google.rpc.Status`,
 * which carries errors.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    AnyValue: {
      oneofs: {
        value: {
          oneof: [
            'stringValue',
            'boolValue',
            'intValue',
            'doubleValue',
            'arrayValue',
            'kvlistValue',
            'bytesValue',
          ],
        },
      },
      fields: {
        stringValue: { type: 'string', id: 1 },
        boolValue: { type: 'bool', id: 2 },
        intValue: { type: 'int64', id: 3 },
        doubleValue: { type: 'double', id: 4 },
        arrayValue: { type: 'ArrayValue', id: 5 },
        kvlistValue: { type: 'KeyValueList', id: 6 },
        bytesValue: { type: 'bytes', id: 7 },
      },
    },
    ArrayValue: { fields: { values: { rule: 'repeated', type: 'AnyValue', id: 1 } } },
    KeyValueList: { fields: { values: { rule: 'repeated', type: 'KeyValue', id: 1 } } },
    KeyValue: { fields: { key: { type: 'string', id: 1 }, value: { type: 'AnyValue', id: 2 } } },
    Resource: { fields: { attributes: { rule: 'repeated', type: 'KeyValue', id: 1 } } },
    InstrumentationScope: {
      fields: {
        name: { type: 'string', id: 1 },
        version: { type: 'string', id: 2 },
        attributes: { rule: 'repeated', type: 'KeyValue', id: 3 },
      },
    },
    LogRecord: {
      fields: {
        timeUnixNano: { type: 'fixed64', id: 1 },
        severityNumber: { type: 'int32', id: 2 },
        severityText: { type: 'string', id: 3 },
        body: { type: 'AnyValue', id: 5 },
        attributes: { rule: 'repeated', type: 'KeyValue', id: 6 },
        droppedAttributesCount: { type: 'uint32', id: 7 },
        flags: { type: 'fixed32', id: 8 },
        traceId: { type: 'bytes', id: 9 },
        spanId: { type: 'bytes', id: 10 },
        observedTimeUnixNano: { type: 'fixed64', id: 11 },
        eventName: { type: 'string', id: 12 },
      },
    },
    ScopeLogs: {
      fields: {
        scope: { type: 'InstrumentationScope', id: 1 },
        logRecords: { rule: 'repeated', type: 'LogRecord', id: 2 },
        schemaUrl: { type: 'string', id: 3 },
      },
    },
    ResourceLogs: {
      fields: {
        resource: { type: 'Resource', id: 1 },
        scopeLogs: { rule: 'repeated', type: 'ScopeLogs', id: 2 },
        schemaUrl: { type: 'string', id: 3 },
      },
    },
    ExportLogsServiceRequest: {
      fields: { resourceLogs: { rule: 'repeated', type: 'ResourceLogs', id: 1 } },
    },
    ExportLogsPartialSuccess: {
      fields: {
        rejectedLogRecords: { type: 'int64', id: 1 },
        errorMessage: { type: 'string', id: 2 },
      },
    },
    ExportLogsServiceResponse: {
      fields: { partialSuccess: { type: 'ExportLogsPartialSuccess', id: 1 } },
    },
    Status: { fields: { code: { type: 'int32', id: 1 }, message: { type: 'string', id: 2 } } },
  },
});

const REQUEST = root.lookupType('ExportLogsServiceRequest');
const RESPONSE = root.lookupType('ExportLogsServiceResponse');
const STATUS = root.lookupType('Status');

/**
 * Decodes an `ExportLogsServiceRequest` into the shape of OTLP/JSON: 64-bit integers as decimal strings, bytes
 * as `Buffer`.
 *
 * @throws an error of the decoder when the bytes are not such a message
 */
export function decodeLogs(bytes: Buffer): { readonly resourceLogs?: unknown } {
  return REQUEST.toObject(REQUEST.decode(bytes), { longs: String });
}

/** Encodes a response; `rejected` of 0 makes the empty message, which means complete success. */
export function encodeResponse(rejected: number, message: string): Buffer {
  const partialSuccess = { rejectedLogRecords: rejected, errorMessage: message };
  return Buffer.from(RESPONSE.encode(RESPONSE.create(rejected === 0 ? {} : { partialSuccess })).finish());
}

/** Encodes `google.rpc.Status`. */
export function encodeStatus(code: number, message: string): Buffer {
  return Buffer.from(STATUS.encode(STATUS.create({ code, message })).finish());
}
