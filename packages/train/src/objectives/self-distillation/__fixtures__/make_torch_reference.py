"""Self-distillation on fixed logits, written from its formulas in PyTorch (float64): losses, gradients, centers, and updates.

Run: python3 make_torch_reference.py > torch-reference.json
"""

import json
import math

import torch

torch.set_default_dtype(torch.float64)
B, L, K, N = 3, 2, 7, 5  # images, local views, prototypes, patches
STUDENT, CLASS, PATCH, MOMENTUM = 0.1, 0.04, 0.07, 0.9


def fixed(seed, *shape):
    """Numbers that need no file: sines of the index."""
    index = torch.arange(math.prod(shape), dtype=torch.float64)
    return torch.sin((index + 1) * (seed + 0.5)).reshape(shape)


def cross_entropy(p, logits):
    return -(p * torch.log_softmax(logits / STUDENT, dim=-1)).sum(-1)


def losses():
    teacher_class, teacher_patch = 0.3 * fixed(1, 2, B, K), 0.3 * fixed(2, 2, B, N, K)
    class_center, patch_center = 0.1 * fixed(3, K), 0.1 * fixed(4, K)
    student = (0.3 * fixed(5, 2 + L, B, K)).requires_grad_()
    patches = (0.3 * fixed(6, 2, B, N, K)).requires_grad_()
    mask = (fixed(7, 2, B, N) > 0.3).double()
    mask[0, 1] = 0  # a view that hides nothing

    p_class = torch.softmax((teacher_class - class_center) / CLASS, dim=-1)
    p_patch = torch.softmax((teacher_patch - patch_center) / PATCH, dim=-1)
    terms = [
        cross_entropy(p_class[q], student[v]).mean() for q in range(2) for v in range(2 + L) if v != q
    ]
    class_loss = sum(terms) / len(terms)
    patch_terms = []
    for v in range(2):
        per_image = (cross_entropy(p_patch[v], patches[v]) * mask[v]).sum(-1) / mask[v].sum(-1).clamp(min=1)
        patch_terms.append(per_image.mean())
    patch_loss = sum(patch_terms) / len(patch_terms)
    (class_loss + patch_loss).backward()
    return {
        "hidden": mask.flatten().tolist(),
        "teacherClass": p_class.flatten().tolist(),
        "teacherPatch": p_patch.flatten().tolist(),
        "classCenter": (MOMENTUM * class_center + (1 - MOMENTUM) * teacher_class.mean(dim=(0, 1))).tolist(),
        "patchCenter": (MOMENTUM * patch_center + (1 - MOMENTUM) * teacher_patch.mean(dim=(0, 1, 2))).tolist(),
        "classLoss": class_loss.item(),
        "patchLoss": patch_loss.item(),
        "studentGradient": student.grad.flatten().tolist(),
        "patchGradient": patches.grad.flatten().tolist(),
    }


def updates():
    """AdamW on three variables: decay along a cosine, clipping one by one, a frozen variable, and the teacher behind."""
    steps, frozen = 5, 2
    shapes = {"kernel": (2, 3), "bias": (3,), "prototypes": (5, 3)}
    students = {name: (fixed(11 + i, *shape)).requires_grad_() for i, (name, shape) in enumerate(shapes.items())}
    teachers = {name: value.detach().clone() for name, value in students.items()}
    groups = [
        {"params": [students["kernel"], students["prototypes"]]},
        {"params": [students["bias"]], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=0.02, betas=(0.9, 0.999), eps=1e-8)
    cosine = lambda start, end, t: end + (start - end) * (1 + math.cos(math.pi * t / steps)) / 2
    for step in range(steps):
        optimizer.param_groups[0]["weight_decay"] = cosine(0.04, 0.4, step)
        for i, (name, value) in enumerate(students.items()):
            value.grad = 4 * fixed(31 + 3 * step + i, *value.shape)
            torch.nn.utils.clip_grad_norm_([value], 3.0)
            if name == "prototypes" and step < frozen:
                value.grad = torch.zeros_like(value)  # zero, not None: decay goes on and Adam counts the step
        optimizer.step()
        m = cosine(0.9, 1.0, step)
        with torch.no_grad():
            for name, value in students.items():
                teachers[name] = m * teachers[name] + (1 - m) * value
    flat = lambda values: {name: value.detach().flatten().tolist() for name, value in values.items()}
    return {"students": flat(students), "teachers": flat(teachers)}


def rounded(value):
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value]


print(json.dumps(rounded({"losses": losses(), "updates": updates()})))
