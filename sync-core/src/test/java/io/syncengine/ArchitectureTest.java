// SPDX-License-Identifier: AGPL-3.0-only
package io.syncengine;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.syncengine.spi.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports go only downward, and time comes from one place. */
class ArchitectureTest {
  private static final String ROOT = "io.syncengine";
  private static final Set<String> EXPORTED =
      Set.of(ROOT, "io.syncengine.model", "io.syncengine.spi");
  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void everyPackageIsOneOfTheDesign() {
    Set<String> packages = new TreeSet<>();
    CORE.forEach(c -> packages.add(c.getPackageName()));
    assertThat(packages)
        .isSubsetOf(
            ROOT,
            "io.syncengine.write",
            "io.syncengine.read",
            "io.syncengine.pending",
            "io.syncengine.change",
            "io.syncengine.cache",
            "io.syncengine.memory",
            "io.syncengine.filter",
            "io.syncengine.merkle",
            "io.syncengine.verify",
            "io.syncengine.batch",
            "io.syncengine.resilience",
            "io.syncengine.pressure",
            "io.syncengine.spi",
            "io.syncengine.model")
        .hasSizeGreaterThan(8);
  }

  @Test
  void packagesHaveNoCycle() {
    slices().matching("io.syncengine.(*)..").should().beFreeOfCycles().check(CORE);
  }

  @Test
  void nobodyImportsTheRoot() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT)
        .check(CORE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "filter", "merkle", "batch", "resilience", "pressure"})
  void anIdeaImportsOnlyTheRoles(String idea) {
    only("io.syncengine." + idea, "io.syncengine.spi", "io.syncengine.model");
  }

  @Test
  void theRolesImportOnlyTheModel() {
    only("io.syncengine.spi", "io.syncengine.model");
  }

  @Test
  void theModelImportsNothing() {
    only("io.syncengine.model");
  }

  private static void only(String from, String... below) {
    List<String> allowed = new ArrayList<>(List.of(below));
    allowed.addAll(List.of("java..", "org.jspecify.annotations", from));
    classes()
        .that()
        .resideInAPackage(from)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(String[]::new))
        .allowEmptyShould(true)
        .check(CORE);
  }

  @Test
  void theRoadsImportNeitherEachOthersTopsNorTheRoot() {
    for (String road : Set.of("pending", "change", "cache")) {
      noClasses()
          .that()
          .resideInAPackage("io.syncengine." + road)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.syncengine.write", "io.syncengine.read")
          .check(CORE);
    }
  }

  @Test
  void nothingSleeps() {
    noClasses()
        .should()
        .callMethodWhere(target(owner(nameIs(Thread.class))).and(target(nameMatching("sleep"))))
        .check(CORE);
  }

  @Test
  void onlyTheTimeSourceReadsAClock() {
    noClasses()
        .that()
        .areNotAssignableTo(TimeSource.class)
        .should()
        .callMethodWhere(
            target(owner(nameIs(System.class)))
                .and(target(nameMatching("currentTimeMillis|nanoTime"))))
        .check(CORE);
    noClasses()
        .should()
        .callMethodWhere(
            target(owner(JavaClass.Predicates.resideInAPackage("java.time..")))
                .and(target(nameMatching("now|system.*|tick.*"))))
        .check(CORE);
  }

  @Test
  void noStaticFieldCanChange() {
    Set<String> mutable = new TreeSet<>();
    CORE.forEach(
        c ->
            c.getFields().stream()
                .filter(f -> f.getModifiers().contains(JavaModifier.STATIC))
                .filter(f -> !f.getModifiers().contains(JavaModifier.FINAL))
                .forEach(f -> mutable.add(f.getFullName())));
    assertThat(mutable).isEmpty();
  }

  /** What users can call or implement names only what they can see. */
  @Test
  void internalsDoNotLeak() {
    Set<String> leaks = new TreeSet<>();
    for (JavaClass c : CORE) {
      if (isOffered(c)) {
        Stream.of(c.getFields(), c.getCodeUnits())
            .flatMap(Set::stream)
            .filter(m -> isVisible(m.getModifiers()))
            .filter(m -> signature(m).anyMatch(ArchitectureTest::isHidden))
            .forEach(m -> leaks.add(m.getFullName()));
      }
    }
    assertThat(leaks).isEmpty();
  }

  private static Stream<JavaClass> signature(JavaMember member) {
    Stream<JavaType> types =
        member instanceof JavaCodeUnit unit
            ? Stream.concat(unit.getParameterTypes().stream(), Stream.of(unit.getReturnType()))
            : Stream.of(((JavaField) member).getType());
    return types.flatMap(t -> t.getAllInvolvedRawTypes().stream());
  }

  private static boolean isHidden(JavaClass type) {
    JavaClass plain = type.getBaseComponentType();
    return plain.getPackageName().startsWith(ROOT) && !isOffered(plain);
  }

  private static boolean isOffered(JavaClass c) {
    return EXPORTED.contains(c.getPackageName())
        && isVisible(c.getModifiers())
        && c.getEnclosingClass().map(ArchitectureTest::isOffered).orElse(true);
  }

  private static boolean isVisible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static com.tngtech.archunit.base.DescribedPredicate<JavaClass> nameIs(Class<?> type) {
    return JavaClass.Predicates.equivalentTo(type);
  }
}
