// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.cli;

/** Which lines a command takes. */
enum LineForm {
  /** {@code id} and {@code content}, which is JSON. */
  JSON,

  /** What {@code export} writes: {@code content}, or {@code contentBase64} for any bytes. */
  EXPORTED
}
