export class Demo {
  constructor(_o: object) {}
  async start(): Promise<void> {}
  async remove(): Promise<void> {}
}
