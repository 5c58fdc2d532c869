// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine.documents;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Code;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.node.Text;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/** One Markdown file, read. */
final class Document {
  private static final Pattern MARKER = Pattern.compile("<!-- ([a-z ]+)(?:: (.+?))? -->");

  /** From the project's root. */
  final Path path;

  final List<CodeBlock> blocks = new ArrayList<>();
  final List<String> links = new ArrayList<>();
  final List<String> spans = new ArrayList<>();
  final List<String> anchors = new ArrayList<>();

  Document(Path path) {
    this.path = path;
    Parser parser = Parser.builder().includeSourceSpans(IncludeSourceSpans.BLOCKS).build();
    parser.parse(Project.read(path)).accept(new Reader());
  }

  @Override
  public String toString() {
    return path.toString();
  }

  private final class Reader extends AbstractVisitor {
    @Override
    public void visit(FencedCodeBlock block) {
      Node before = block.getPrevious();
      String comment = before instanceof HtmlBlock html ? html.getLiteral().strip() : "";
      Matcher marker = MARKER.matcher(comment);
      boolean marked = marker.matches();
      add(
          block,
          marked ? marker.group(1) : "",
          marked && marker.group(2) != null ? marker.group(2) : "",
          block.getInfo(),
          block.getLiteral());
    }

    @Override
    public void visit(IndentedCodeBlock block) {
      add(block, "", "", "", block.getLiteral());
    }

    private void add(Node node, String kind, String source, String language, String text) {
      int line = node.getSourceSpans().get(0).getLineIndex() + 1;
      blocks.add(new CodeBlock(path, line, kind, source, language, text));
    }

    @Override
    public void visit(Link link) {
      links.add(link.getDestination());
      visitChildren(link);
    }

    @Override
    public void visit(Code code) {
      spans.add(code.getLiteral());
    }

    /** The anchor that GitHub gives a heading. */
    @Override
    public void visit(Heading heading) {
      StringBuilder text = new StringBuilder();
      heading.accept(
          new AbstractVisitor() {
            @Override
            public void visit(Text node) {
              text.append(node.getLiteral());
            }

            @Override
            public void visit(Code node) {
              text.append(node.getLiteral());
            }
          });
      anchors.add(
          text.toString()
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-'));
      visitChildren(heading);
    }
  }
}
