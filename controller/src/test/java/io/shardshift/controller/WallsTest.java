package io.shardshift.controller;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import java.time.Clock;
import java.time.Instant;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The walls inside the controller: who may know whom, and what protocol code may not touch. */
@AnalyzeClasses(packages = "io.shardshift.controller", importOptions = ImportOption.DoNotIncludeTests.class)
class WallsTest {
    private static final String HERE = "io.shardshift.controller.";

    /** Everything but the wiring and the framework's rooms. */
    private static final String[] PROTOCOL = {
        HERE + "apply..",
        HERE + "bookkeeping..",
        HERE + "check..",
        HERE + "coordinator..",
        HERE + "copy..",
        HERE + "fence..",
        HERE + "migration..",
        HERE + "pacing..",
        HERE + "store..",
        HERE + "stream..",
        HERE + "verify.."
    };

    @ArchTest
    static final ArchRule THE_MACHINES_ARE_PURE = classes()
            .that()
            .resideInAPackage(HERE + "migration..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                            HERE + "migration..",
                            "io.shardshift.api..",
                            "java.lang..",
                            "java.util",
                            "java.util.function",
                            "java.util.stream",
                            "java.time..",
                            "org.jspecify.annotations..",
                            "com.fasterxml.jackson.annotation..")
                    .and(not(belongToAnyOf(Thread.class, Clock.class, Timer.class))));

    @ArchTest
    static final ArchRule SLEEPS_NOWHERE = noClasses()
            .that()
            .resideInAnyPackage(PROTOCOL)
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(TimeUnit.class, "sleep", long.class);

    @ArchTest
    static final ArchRule READS_NO_CLOCK = noClasses()
            .that()
            .resideInAnyPackage(PROTOCOL)
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class);

    @ArchTest
    static final ArchRule OWNS_NO_THREAD = noClasses()
            .that()
            .resideInAnyPackage(PROTOCOL)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(Executors.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Timer.class)
            .orShould(ArchConditions.callConstructorWhere(com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                    com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner(
                            com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(Thread.class)))));

    @ArchTest
    static final ArchRule ONLY_THE_WIRING_KNOWS_THE_COORDINATOR = noClasses()
            .that()
            .resideOutsideOfPackages(HERE + "coordinator..", "io.shardshift.controller")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(HERE + "coordinator..");

    @ArchTest
    static final ArchRule THE_FRAMEWORK_STAYS_IN_ITS_ROOM = noClasses()
            .that()
            .resideInAnyPackage(PROTOCOL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.dropwizard..", "jakarta..", "org.eclipse.jetty..", "org.glassfish..");

    @ArchTest
    static final ArchRule ONLY_THE_STREAM_KNOWS_DEBEZIUM = noClasses()
            .that()
            .resideOutsideOfPackage(HERE + "stream..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.debezium..", "org.apache.kafka..");

    @ArchTest
    static final ArchRule ZOOKEEPER_IS_REACHED_BY_ITS_PORT = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.curator..", "org.apache.zookeeper..");

    @ArchTest
    static final ArchRule FENCES_ARE_CHANGED_BY_THE_COORDINATOR_ALONE = noClasses()
            .that()
            .resideOutsideOfPackages(HERE + "fence..", HERE + "coordinator..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(HERE + "fence..");

    @ArchTest
    static final ArchRule THE_WORK_KNOWS_NO_STORE = noClasses()
            .that()
            .resideInAnyPackage(
                    HERE + "apply..",
                    HERE + "bookkeeping..",
                    HERE + "check..",
                    HERE + "copy..",
                    HERE + "pacing..",
                    HERE + "stream..",
                    HERE + "verify..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage(HERE + "store..").or(resideInAPackage("io.shardshift.coordination..")));

    @ArchTest
    static final ArchRule NO_TWO_PACKAGES_LEAN_ON_EACH_OTHER =
            slices().matching(HERE + "(*)..").should().beFreeOfCycles();

    private WallsTest() {}
}
