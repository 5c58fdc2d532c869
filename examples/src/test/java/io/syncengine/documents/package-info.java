// SPDX-License-Identifier: AGPL-3.0-only
/**
 * What README and {@code docs} show is true: each block of code stands in a source that a test
 * runs, each command is run, each link and each test that they name exists.
 *
 * <p>A block in a fence is preceded by a line that says why it can be trusted:
 *
 * <ul>
 *   <li>{@code <!-- snippet: PATH#REGION -->}: it is that region of a source that a test runs, or
 *       without a region the whole file. A region is what stands between the lines {@code // region
 *       NAME} and {@code // endregion}; in XML these are comments too.
 *   <li>{@code <!-- run by: FILE -->}: each line is a line of that script, which continuous
 *       integration runs.
 *   <li>{@code <!-- checked by: TEST -->}: that test class reads the document and compares.
 *   <li>{@code <!-- picture -->}: a drawing, language {@code text}.
 * </ul>
 *
 * <p>{@code -Dsync.docs=update} puts the regions into the documents.
 */
package io.syncengine.documents;
