// What the engine answers when it cannot: a status and its message. Thrown by routes, written by the server.

export class Failure extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
