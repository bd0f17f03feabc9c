package dev.freefleet.brain;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.langchain4j.model.embedding.onnx.AbstractInProcessEmbeddingModel;
import dev.langchain4j.model.embedding.onnx.OnnxBertBiEncoder;
import dev.langchain4j.model.embedding.onnx.PoolingMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/**
 * all-MiniLM-L6-v2, quantised, run in this process: a text to a vector of length 1. The same text has the same vector on
 * every call and thread. Loading (about half a second) goes on beside other start-up work; calls wait for it. Thread-safe.
 */
final class SentenceModel implements AutoCloseable {

    static final String ID = "all-minilm-l6-v2-q";
    static final int DIMENSION = 384;

    /** One session for the process: its weights are in memory once, however many Brains are open. */
    private static final class Shared {
        private static final CompletableFuture<Loaded> MODEL = new CompletableFuture<>();

        static {
            Thread.ofPlatform().daemon().name("brain-model-load").start(() -> {
                try {
                    MODEL.complete(Loaded.fromJar());
                } catch (Throwable e) { // a missing native library is an Error, and must reach whoever waits
                    MODEL.completeExceptionally(e);
                }
            });
        }
    }

    private final ExecutorService pool;
    private final CompletableFuture<Loaded> loading;

    /** Begins to load. {@code threads} texts are read at once, each by one thread. */
    SentenceModel(int threads) {
        this.loading = Shared.MODEL;
        this.pool = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("brain-model-", 0).factory());
    }

    boolean isLoaded() {
        return loading.isDone() && !loading.isCompletedExceptionally();
    }

    boolean hasFailed() {
        return loading.isCompletedExceptionally();
    }

    void awaitLoaded() {
        loaded();
    }

    float[] embed(String text) {
        return embed(List.of(text)).getFirst();
    }

    List<float[]> embed(List<String> texts) {
        Loaded model = loaded();
        List<Callable<float[]>> tasks = new ArrayList<>(texts.size());
        for (String text : texts) {
            tasks.add(() -> model.vector(text));
        }
        try {
            List<float[]> vectors = new ArrayList<>(texts.size());
            for (Future<float[]> vector : pool.invokeAll(tasks)) {
                vectors.add(vector.get());
            }
            return vectors;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrainException("The Brain was stopped while it read a text.", e);
        } catch (RejectedExecutionException e) {
            throw new BrainException("The Brain is closed.", e);
        } catch (ExecutionException e) {
            throw new BrainException("The sentence model failed: " + e.getCause(), e.getCause());
        }
    }

    private Loaded loaded() {
        try {
            return loading.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrainException("The Brain was stopped while its sentence model was loading.", e);
        } catch (ExecutionException e) {
            throw new BrainException(
                    "The sentence model does not run on this machine (" + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + "): " + e.getCause()
                            + ". It needs glibc on Linux (x86-64 or AArch64), macOS or Windows, and a writable temporary directory.",
                    e.getCause());
        }
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }

    /** The loaded session and tokenizer. */
    private static final class Loaded extends AbstractInProcessEmbeddingModel {

        private final OnnxBertBiEncoder encoder;

        private Loaded(OnnxBertBiEncoder encoder) {
            super(Runnable::run);
            this.encoder = encoder;
        }

        static Loaded fromJar() throws IOException, OrtException {
            // The tokenizer's library would otherwise report each start to its makers when it runs on EC2.
            System.setProperty("OPT_OUT_TRACKING", "true");
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            // By way of a file, for a byte array would stay in the heap's memory beside the session's own copy.
            Path weights = Files.createTempFile("brain-model-", ".onnx");
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                    InputStream tokenizer = resource(ID + "-tokenizer.json");
                    InputStream packed = resource(ID + ".onnx")) {
                Files.copy(packed, weights, StandardCopyOption.REPLACE_EXISTING);
                // Parallel over texts, not inside one; and no arena, which would keep the largest batch's memory for
                // ever.
                options.setIntraOpNumThreads(1);
                options.setInterOpNumThreads(1);
                options.setCPUArenaAllocator(false);
                options.setMemoryPatternOptimization(false);
                OrtSession session = environment.createSession(weights.toString(), options);
                return new Loaded(new OnnxBertBiEncoder(environment, session, tokenizer, PoolingMode.MEAN));
            } finally {
                Files.delete(weights);
            }
        }

        private static InputStream resource(String name) throws IOException {
            InputStream in = SentenceModel.class.getResourceAsStream("/" + name);
            if (in == null) {
                throw new IOException(name + " is not on the class path");
            }
            return in;
        }

        float[] vector(String text) {
            return embed(text).content().vector();
        }

        @Override
        protected OnnxBertBiEncoder model() {
            return encoder;
        }
    }
}
