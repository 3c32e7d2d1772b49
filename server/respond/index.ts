export { RespondError, type RespondErrorCode } from './errors.ts';
export {
  createMailer,
  type Mailer,
  type MailerOptions,
  type MailerStatus,
  type MailerTiming,
  type SmtpOptions,
} from './mail/delivery.ts';
export { MAX_MAIL_LOGO, type MailLogo, mailLogo } from './mail/logo.ts';
export type {
  ClockMail,
  IncidentMail,
  MailKind,
  MailModels,
  OperationsMail,
  RenderedMail,
  TestMail,
} from './mail/model.ts';
export { languageOf, nextOpening, type Recipient, recipients } from './mail/recipients.ts';
export { createMailRenderer, type MailRenderer, type MailRendererOptions } from './mail/render.ts';
export { parseSender, type Sender } from './mail/sender.ts';
export type { Provider } from './mail/view.ts';
export { Notifier, type NotifierOptions } from './notify.ts';
export type * from './ports.ts';
export { type PostAnswer, type PostOptions, post } from './webhook/post.ts';
export { WebhookSender, type WebhookSenderOptions, type WebhookTiming } from './webhook/sender.ts';
export { newWebhookSecret, signatureHeaders } from './webhook/signature.ts';
