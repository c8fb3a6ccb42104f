"""What Keras does in many operations and TensorFlow has as one: a fifth to a third of a training step on a processor.

The numbers are the same but for roundings. With another backend, Keras's own parts are left as they are.
"""

import keras

from dae_core.experiments import ModelSpec
from dae_core.networks.report import build


def trainable(spec: ModelSpec, precision: str = "float32") -> keras.Model:
    """The untrained network of a spec, of layers that train fast, computing in a precision of `PRECISIONS`."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        return fused(build(spec))
    finally:
        keras.config.set_dtype_policy(before)


def fused(model: keras.Model) -> keras.Model:
    """The same network with the same weights, of layers that train faster where there are any."""
    if keras.backend.backend() != "tensorflow":
        return model

    def clone(layer: keras.Layer) -> keras.Layer:
        kind = type(layer)
        if kind is keras.layers.BatchNormalization:
            kind = FusedBatchNormalization
        elif kind is keras.layers.GroupNormalization:
            kind = FusedGroupNormalization
        return kind.from_config(layer.get_config())

    faster = keras.models.clone_model(model, clone_function=clone, recursive=True)
    faster.set_weights(model.get_weights())
    return faster


def without_xla(model: keras.Model) -> None:
    """Has TensorFlow train a compiled model with its own operations on a processor, where XLA takes twice as long."""
    if keras.backend.backend() == "tensorflow" and not has_gpu():
        model.jit_compile = False


def has_gpu() -> bool:
    """Whether Keras's backend computes on a graphics processor."""
    return not all(device.startswith("cpu") for device in keras.distribution.list_devices())


def optimizer(name: str, weight_average: float = 0) -> keras.Optimizer:
    """A Keras optimizer by its name, with Keras's default parameters; it may average the weights from step to step."""
    if name == "adam" and not weight_average and keras.backend.backend() == "tensorflow":
        return FusedAdam()
    averaging = {"use_ema": True, "ema_momentum": weight_average} if weight_average else {}
    return keras.optimizers.deserialize({"class_name": name, "config": averaging})


@keras.saving.register_keras_serializable("dae_core")
class FusedBatchNormalization(keras.layers.BatchNormalization):
    """Keras's batch normalization, which for a batch of images in training is one operation instead of a dozen.

    The running variance takes the unbiased estimate of the batch's: for (32, 8, 8), the coarsest here, that is 1.0005
    times as much.
    """

    def call(self, inputs, training=None, mask=None):
        if not training or not self.trainable or len(inputs.shape) != 4:
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf

        # oneDNN has no fast normalization in bfloat16 for widths like 8 or 24.
        exact = inputs if inputs.shape[-1] % 16 == 0 else tf.cast(inputs, tf.float32)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=exact,
            scale=self.gamma.value,
            offset=self.beta.value,
            mean=tf.constant([], tf.float32),
            variance=tf.constant([], tf.float32),
            epsilon=self.epsilon,
            is_training=True,
        )
        for running, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            running.assign(running * self.momentum + batch * (1 - self.momentum))
        return tf.cast(outputs, inputs.dtype)


@keras.saving.register_keras_serializable("dae_core")
class FusedGroupNormalization(keras.layers.GroupNormalization):
    """Keras's group normalization of images, (batch, height, width, channels), which reads them twice, not six times.

    Means of channels and of their squares come first; groups are made of these few numbers, in float32.
    """

    def call(self, inputs):
        import tensorflow as tf

        channels = inputs.shape[-1]
        exact = tf.cast(inputs, tf.float32)

        def grouped(of_channels):
            by_group = tf.reshape(of_channels, (-1, self.groups, channels // self.groups))
            return tf.repeat(tf.reduce_mean(by_group, axis=-1), channels // self.groups, axis=1)

        mean, square = (grouped(tf.reduce_mean(values, axis=(1, 2))) for values in (exact, tf.square(exact)))
        scale = tf.math.rsqrt(square - tf.square(mean) + self.epsilon) * self.gamma
        offset = self.beta - mean * scale
        scale, offset = (tf.cast(values, inputs.dtype)[:, None, None] for values in (scale, offset))
        return inputs * scale + offset


@keras.saving.register_keras_serializable("dae_core")
class FusedAdam(keras.optimizers.Adam):
    """Keras's Adam for TensorFlow, which changes a variable in one operation instead of a dozen.

    Each of Keras's operations reads and writes 50 million weights: half the time of network 1 at 4096 on a processor.
    """

    def update_step(self, gradient, variable, learning_rate):
        import tensorflow as tf

        index = self._get_variable_index(variable)
        step = tf.cast(self.iterations + 1, variable.dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=tf.pow(self.beta_1, step),
            beta2_power=tf.pow(self.beta_2, step),
            lr=tf.cast(learning_rate, variable.dtype),
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=gradient,
        )
