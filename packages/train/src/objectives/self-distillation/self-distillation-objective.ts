// The student's task: to say of every view what the teacher says of another, and of hidden patches what the teacher sees.

import { assertRange, SemmaeError } from '@semmae/core';
import * as tf from '@tensorflow/tfjs-core';

import type { Objective } from '../../step/objective';
import type { DistillationBatch } from './distillation-batch';
import { classDistillationLoss, patchDistillationLoss } from './distillation-losses';
import { classLogits, type DistillationNetwork, networkVariables, patchLogits } from './distillation-network';
import { meanEntropy, rowInformation } from './distribution-entropy';
import { featureSpread } from './feature-spread';
import type { RestorationDecoder } from './restoration-decoder';

export interface SelfDistillationObjectiveOptions {
  student: DistillationNetwork;
  /** Factor of the class loss, λ₁. Default 1. */
  classWeight?: number;
  /** Factor of the patch loss, λ₂. Default 1, iBOT; 0 is DINO and needs no `teacherPatch`. */
  patchWeight?: number;
  /** Default 0.1, DINO and iBOT. */
  studentTemperature?: number;
  /** MST's restoration of the image, added with its weight. Default: none. */
  restoration?: { decoder: RestorationDecoder; weight: number };
}

/**
 * λ₁ · class loss + λ₂ · patch loss, pure in the batch. Metrics beside the losses, entropies in nats and of class tokens:
 * `teacherEntropy`, `teacherInformation` (how much the teacher's distributions differ between views: 0 is a collapse),
 * `teacherStudentKL` (class loss - teacherEntropy: what the student could still gain) and `featureStd` (`featureSpread` of the
 * student's class tokens, 0 to 1).
 */
export function selfDistillationObjective({
  student,
  classWeight = 1,
  patchWeight = 1,
  studentTemperature = 0.1,
  restoration,
}: SelfDistillationObjectiveOptions): Objective<DistillationBatch> {
  const where = 'selfDistillationObjective';
  assertRange(where, 'classWeight', classWeight, 0, Number.MAX_VALUE);
  assertRange(where, 'patchWeight', patchWeight, 0, Number.MAX_VALUE);
  assertRange(where, 'studentTemperature', studentTemperature, Number.MIN_VALUE, Number.MAX_VALUE);
  const { encoder } = student;
  return {
    name: patchWeight > 0 ? 'ibot' : 'dino',
    variables: () => [...networkVariables(student), ...(restoration?.decoder.variables() ?? [])],
    loss(batch) {
      const { globalViews, localViews, hidden, teacherClass, teacherPatch, globalGains, localGains } = batch;
      const seen = encoder.encode(globalViews, { hidden, pathGains: globalGains });
      const locals = localViews && encoder.encode(localViews, { pathGains: localGains });
      const classLoss = classDistillationLoss({
        teacher: teacherClass,
        globals: classLogits(student, seen.pooled),
        locals: locals && classLogits(student, locals.pooled),
        temperature: studentTemperature,
      });
      const teacherEntropy = meanEntropy(teacherClass);
      const metrics: Record<string, tf.Scalar> = {
        classLoss,
        teacherEntropy,
        teacherInformation: rowInformation(teacherClass),
        teacherStudentKL: tf.sub(classLoss, teacherEntropy),
        featureStd: featureSpread(seen.pooled),
      };
      let loss = tf.mul<tf.Scalar>(classLoss, classWeight);
      if (patchWeight > 0) {
        metrics.patchLoss = patchDistillationLoss({
          teacher: teacherPatch ?? missing('teacherPatch'),
          logits: patchLogits(student, seen.patchTokens),
          hidden: hidden ?? missing('hidden'),
          temperature: studentTemperature,
        });
        loss = tf.add(loss, tf.mul(metrics.patchLoss, patchWeight));
      }
      if (restoration !== undefined) {
        metrics.restorationLoss = restoration.decoder.loss(seen.patchTokens, globalViews);
        loss = tf.add(loss, tf.mul(metrics.restorationLoss, restoration.weight));
      }
      return { loss, metrics };
    },
  };
}

function missing(name: string): never {
  throw new SemmaeError({
    where: 'selfDistillationObjective',
    requirement: `a batch for a patch loss must hold ${name}`,
    got: 'none',
    remedy: 'add it, or set patchWeight to 0',
  });
}
