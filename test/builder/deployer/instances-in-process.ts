import type {
  InstanceEnd,
  InstanceEvents,
  InstanceSpec,
  Instances,
  RunningInstance,
} from "../../../builder/deployer/local/instance.ts";
import type { Broker, Message, Subscription } from "../../../mesh/broker.ts";
import { natsBroker } from "../../../mesh/broker/nats-bun.ts";
import { silentLog } from "../../../mesh/log.ts";
import { STORED_FUNCTION } from "../../../mesh/names.ts";
import { functionSubject, instanceSubject, instanceUpSubject } from "../../../mesh/subjects.ts";

/** What the instances of an image do: take calls, end before they do, or neither. */
export type Behaviour = "runs" | "hangs" | Pick<InstanceEnd, "reason" | "code" | "lastLines">;

/** An instance without a process, whose calls and end are the test's to say. */
export interface ToldInstance {
  readonly spec: InstanceSpec;
  readonly share: number;
  /** Has it say that it has so many calls. */
  busy(running: number, waiting?: number): void;
  /** Has it say nothing. */
  silence(): void;
  /** Ends it as if by itself. */
  end(end?: Partial<InstanceEnd>): void;
}

/** Instances that are connections of this process: what is above them is tested without waiting for processes. */
export class InstancesInProcess implements Instances {
  readonly sandbox = { isOn: false, why: "there are no processes" } as const;
  /** By digest; those that are not named run. */
  readonly behaviours = new Map<string, Behaviour>();
  /** Those that run, the oldest first. */
  readonly live: ToldInstance[] = [];
  /** How many were started so far. */
  started = 0;
  readonly kept: (readonly string[])[] = [];
  #heard = Promise.withResolvers<void>();

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async start(spec: InstanceSpec, on: InstanceEvents): Promise<RunningInstance> {
    this.started++;
    const behaviour = this.behaviours.get(spec.deployment.image.digest) ?? "runs";
    const ended = Promise.withResolvers<InstanceEnd>();
    const joined = behaviour === "runs" ? await Joined.join(spec) : undefined;
    on.line(`version ${spec.deployment.version} loads`);
    const end = async (how: InstanceEnd): Promise<void> => {
      await joined?.leave();
      const at = this.live.indexOf(told);
      if (at >= 0) this.live.splice(at, 1);
      ended.resolve(how);
      this.#tell();
    };
    const told: ToldInstance = {
      spec,
      get share() {
        return joined?.share ?? 0;
      },
      busy: (running, waiting = 0) => Object.assign(joined?.load ?? {}, { running, waiting }),
      silence: () => void (joined !== undefined && (joined.isSilent = true)),
      end: (how) => void end({ reason: "exited", code: 1, lastLines: [], ...how }),
    };
    this.live.push(told);
    if (typeof behaviour === "object") void end(behaviour);
    this.#tell();
    return {
      pid: 0,
      ended: ended.promise,
      stop: async () => {
        await end({ reason: "stopped", lastLines: [] });
        return ended.promise;
      },
    };
  }

  keepOnly(digests: readonly string[]): Promise<void> {
    this.kept.push(digests);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Resolves when it is as wanted; it is looked at whenever an instance comes or goes. */
  async until(isWanted: () => boolean): Promise<void> {
    while (!isWanted()) await this.#heard.promise;
  }

  #tell(): void {
    this.#heard.resolve();
    this.#heard = Promise.withResolvers();
  }
}

/** What an instance does in the mesh. */
class Joined {
  readonly load = { running: 0, waiting: 0 };
  isSilent = false;
  readonly #broker: Broker;
  readonly #spec: InstanceSpec;
  #places: Subscription[] = [];
  #calls = 0;

  private constructor(broker: Broker, spec: InstanceSpec) {
    this.#broker = broker;
    this.#spec = spec;
  }

  static async join(spec: InstanceSpec): Promise<Joined> {
    const broker = natsBroker({ url: spec.natsUrl, name: spec.instance, log: silentLog });
    await broker.connect();
    const joined = new Joined(broker, spec);
    const { project, label: service } = spec.deployment;
    const address = { project, service, instance: spec.instance };
    await joined.#setShare(spec.share);
    broker.subscribe(instanceSubject(address), {}, (message) => {
      if (joined.isSilent) return;
      const { share } = JSON.parse(new TextDecoder().decode(message.payload)) as { share?: number };
      void joined.#setShare(share ?? joined.share).then(() => message.reply(joined.#report()));
    });
    await broker.flush();
    broker.publish(instanceUpSubject(address), joined.#report());
    return joined;
  }

  get share(): number {
    return this.#places.length;
  }

  async leave(): Promise<void> {
    // The broker would go on giving it calls until it noticed, and those would be lost.
    if (this.#broker.status === "connected") await this.#setShare(0);
    await this.#broker.close();
  }

  async #setShare(share: number): Promise<void> {
    const { project, label: service, version } = this.#spec.deployment;
    const subject = functionSubject({ project, service, function: STORED_FUNCTION });
    while (this.#places.length < share) {
      const place = this.#broker.subscribe(subject, { queue: "q" }, (message) => {
        this.#calls++;
        message.reply(asJson(version));
      });
      this.#places.push(place);
    }
    await Promise.all(this.#places.splice(share).map((place) => place.drain()));
  }

  #report(): Message {
    const { version } = this.#spec.deployment;
    return asJson({ share: this.share, ...this.load, calls: this.#calls, version });
  }
}

function asJson(value: unknown): Message {
  return { payload: new TextEncoder().encode(JSON.stringify(value)), headers: {} };
}
