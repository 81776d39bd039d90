// Networks out of a public checkpoint.

import type { PublicModel } from '@semmae/checkpoints';
import { assignTimmWeights, MAEDecoder, ProjectionHead, type TimmWeight, ViTEncoder } from '@semmae/vit';

export interface PublicNetworks {
  encoder: ViTEncoder;
  /** Of a masked autoencoder whose file has it. */
  decoder?: MAEDecoder;
  /** Projection heads by the name that they have in the file: `head`. */
  heads: ReadonlyMap<string, ProjectionHead>;
}

/**
 * Builds the networks of a public checkpoint and gives them its weights, one at a time. They are the caller's to dispose.
 *
 * Throws a SemmaeError of one line where an architecture cannot be built or a weight is not finite; nothing is left behind then.
 */
export async function buildPublicModel(model: PublicModel): Promise<PublicNetworks> {
  const built: (ViTEncoder | MAEDecoder | ProjectionHead)[] = [];
  async function build<Network extends ViTEncoder | MAEDecoder | ProjectionHead>(
    network: Network,
    prefix: RegExp,
  ): Promise<Network> {
    built.push(network);
    const missing = model.report.missing.map((name) => name.replace(prefix, '')); // allowed by name: these keep what a seed gives
    if (missing.length === 0) network.buildBlank();
    await assignTimmWeights(network, weightsUnder(model, prefix), { where: model.path, allow: { missing } });
    return network;
  }
  try {
    const encoder = await build(
      new ViTEncoder({ ...model.encoder, seed: 0 }),
      /^(?!decoder_|mask_token|[a-z_]*head\.)/,
    );
    const decoder =
      model.decoder && (await build(new MAEDecoder({ ...model.decoder, seed: 0 }), /^(?=decoder_|mask_token)/));
    const heads = new Map<string, ProjectionHead>();
    for (const [name, head] of model.heads) {
      heads.set(name, await build(new ProjectionHead({ ...head, seed: 0 }), new RegExp(`^${name}\\.`)));
    }
    return { encoder, ...(decoder === undefined ? {} : { decoder }), heads };
  } catch (error) {
    for (const network of built) network.dispose();
    throw error;
  }
}

/** The weights whose names begin with `prefix`, without it. */
function weightsUnder({ weights }: PublicModel, prefix: RegExp): Map<string, TimmWeight> {
  const own = [...weights].filter(([name]) => prefix.test(name));
  return new Map(own.map(([name, weight]) => [name.replace(prefix, ''), weight]));
}
